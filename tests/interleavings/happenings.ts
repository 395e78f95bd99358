import { decimal, format } from '@backstop/core';
import type { TrueAccount } from '../faults/fills.ts';
import type { SmallWorld } from './small-world.ts';

type TruePosition = TrueAccount['positions'] extends ReadonlyMap<string, infer Position> ? Position : never;

/** Core counts in 1e-12, the exchange in 1e-18. */
const CORE_TO_VENUE = 1_000_000n;

/** Something that executes at the exchange, at once, while our own jobs stand still. */
export type Happening = (world: SmallWorld) => Promise<void>;

/** Each by what it is. A price that goes to a level comes back at once, so that what it moved is all that it did. */
export const HAPPENINGS = {
  'the limit entry fills': (world) => touch(world, '95'),
  'the limit entry fills in part': (world) => touch(world, '95', '2000'),
  'TP1 fills': (world) => touch(world, '110'),
  'TP1 fills in part': (world) => touch(world, '110', '4000'),
  'TP2 fills, and TP1 where it stands before it': (world) => touch(world, '120'),
  'the stop fills': touchStop,
  'somebody closes a part': (world) => closeByHand(world, '30'),
  'somebody closes all of it': (world) => closeByHand(world, '1000'),
} as const satisfies Readonly<Record<string, Happening>>;

export type HappeningName = keyof typeof HAPPENINGS;

/** `depth` = how many USDT find somebody at the level; absent = all. */
async function touch({ venue, movePrice }: SmallWorld, level: string, depth?: string): Promise<void> {
  const { options, instruments } = venue.simulator.engine.venue;
  const [instrument] = instruments.values();
  const from = format((instrument?.last ?? 0n) / CORE_TO_VENUE);
  options.depthNotional = depth === undefined ? 0n : decimal(depth) * CORE_TO_VENUE;
  movePrice(level);
  options.depthNotional = 0n;
  movePrice(from);
}

async function touchStop(world: SmallWorld): Promise<void> {
  const stop = positionOf(world)?.stopLoss;
  if (stop !== undefined) await touch(world, format(stop.triggerPrice / CORE_TO_VENUE));
}

async function closeByHand(world: SmallWorld, qty: string): Promise<void> {
  const { account, symbol } = world.ref;
  const size = positionOf(world)?.size ?? 0n;
  if (size === 0n) return;
  const most = decimal(qty) * CORE_TO_VENUE;
  const order = {
    account,
    symbol,
    side: 'Sell',
    qty: format((size < most ? size : most) / CORE_TO_VENUE),
    orderType: 'Market',
  };
  await world.venue.control('POST orders', { ...order, reduceOnly: true });
}

/** The position as the exchange has it; undefined = there never was one. */
export function positionOf({ venue, ref }: Pick<SmallWorld, 'venue' | 'ref'>): TruePosition | undefined {
  const account = venue.simulator.engine.venue.accounts.get(ref.account);
  return account?.positions.get(`${ref.symbol}:${ref.positionIdx}`);
}
