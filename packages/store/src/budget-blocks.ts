import type { EndpointClass } from '@backstop/core';
import type { Redis } from 'ioredis';
import { CLASS_LIMITS } from './budget-table.ts';
import { budgetKeys } from './keys.ts';
import { redisTimeMs } from './redis.ts';

/** What is blocked, and for how long from now, ms. */
export interface StandingBlock {
  readonly scope: EndpointClass | 'account' | 'address';
  readonly forMs: number;
}

/** The blocks that hold requests of this account back now: of the address, of the account, of its endpoint classes. */
export async function listBlocks(redis: Redis, account: string): Promise<readonly StandingBlock[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record are its names
  const classes = Object.keys(CLASS_LIMITS) as (keyof typeof CLASS_LIMITS)[];
  const places = [
    { scope: 'address' as const, key: budgetKeys.address },
    { scope: 'account' as const, key: budgetKeys.account(account, 'all') },
    ...classes.map((scope) => ({ scope, key: budgetKeys.account(account, scope) })),
  ];
  const [nowMs, ...until] = await Promise.all([
    redisTimeMs(redis),
    ...places.map(({ key }) => redis.hget(`${key}:marks`, 'blocked')),
  ]);
  return places
    .map(({ scope }, index) => ({ scope, forMs: Number(until[index] ?? 0) - nowMs }))
    .filter(({ forMs }) => forMs > 0);
}
