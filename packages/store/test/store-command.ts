import type { Lane } from '@backstop/core';
import * as fc from 'fast-check';
import { bucketOf, type MonitorRef, type Redis } from '../src/index.ts';

/** One call of the store's public functions, or a few that belong together. Two stores that are alike reply alike. */
export interface StoreCommand {
  readonly name: string;
  /** Its reply holds lists in the order of a hash or a set, which Redis does not promise. */
  readonly isUnordered: boolean;
  readonly run: (redis: Redis, nowMs: number) => Promise<unknown>;
}

/** Two accounts, two symbols, three monitors; the last ref wants the slot of the first. */
export const REFS: readonly MonitorRef[] = [
  { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: 'aaaaaaaaaaaa' },
  { account: 'main', symbol: 'ETHUSDT', positionIdx: 1, monitorId: 'bbbbbbbbbbbb' },
  { account: 'mirror', symbol: 'BTCUSDT', positionIdx: 0, monitorId: 'cccccccccccc' },
  { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: 'cccccccccccc' },
];

export const anyRef: fc.Arbitrary<MonitorRef> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...REFS.slice(0, 1)) },
  { weight: 3, arbitrary: fc.constantFrom(...REFS) },
);
export const anyAccount = fc.constantFrom('main', 'main', 'mirror');
export const anyBucket = anyAccount.map(bucketOf);
export const anyLane: fc.Arbitrary<Lane> = fc.constantFrom('tp-sl', 'limit-order');

/** A command of this name: what is drawn goes to `run` first. */
export function command<T>(
  name: string,
  drawn: fc.Arbitrary<T>,
  run: (drawn: T, redis: Redis, nowMs: number) => Promise<unknown>,
  order: 'ordered' | 'unordered' = 'ordered',
): fc.Arbitrary<StoreCommand> {
  const named = (value: T): StoreCommand => ({
    name: `${name} ${fc.stringify(value)}`,
    isUnordered: order === 'unordered',
    run: (redis, nowMs) => run(value, redis, nowMs),
  });
  return drawn.map(named);
}
