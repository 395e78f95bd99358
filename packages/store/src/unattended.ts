import { fromJson, toJson, type OrderRow, type PositionIdx, type PositionRow, type TriggerBy } from '@backstop/core';
import type { Redis } from 'ioredis';
import { isPositionStop } from './diagnosis/orders-of.ts';
import { accountKeys } from './keys.ts';
import { slotOf } from './monitor-ref.ts';
import { redisTimeMs } from './redis.ts';

/** A position that no active plan attends, as whole listings have shown it. Times are the starts of those listings, Redis time. */
interface Sighting {
  /** As the last of them showed it. */
  readonly position: PositionRow;
  /** Of the stop that stands; absent = none does. */
  readonly stopTriggerBy?: TriggerBy;
  /** Since then every listing has shown it, opened when it was, on the side that it has. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface Unattended extends Sighting {
  /** When we last wrote on its symbol, or learnt what came of that, Redis time; undefined = not lately. */
  readonly writtenMs: number | undefined;
}

/** What is open in an account and attended by nobody, as of the last whole listing. Times are Redis time, ms. */
export interface UnattendedList {
  readonly nowMs: number;
  /** When a whole listing of the account last landed; undefined = not within the last ten minutes. */
  readonly listedMs: number | undefined;
  readonly positions: readonly Unattended[];
}

const IDXS: readonly PositionIdx[] = [0, 1, 2];

/** Takes note of the open positions of one whole listing that no plan attends; one that is not among them any more is forgotten. */
export async function noteUnattended(
  redis: Redis,
  account: string,
  listing: {
    readonly startMs: number;
    readonly positions: readonly PositionRow[];
    readonly orders: readonly OrderRow[];
  },
): Promise<void> {
  const { startMs, positions, orders } = listing;
  const key = accountKeys(account).unattended;
  const noted = await redis.hgetall(key);
  const known = new Map(Object.entries(noted).map(([slot, text]) => [slot, fromJson<Sighting>(text)]));
  const isLate = [...known.values()].some(({ lastSeenMs }) => lastSeenMs > startMs);
  if (isLate || known.size + positions.length === 0) return;

  const seen = new Map(positions.map((position) => [slotOf(position), toSighting(position, orders, startMs)]));
  const gone = [...known.keys()].filter((slot) => !seen.has(slot));
  const texts = [...seen].map(([slot, sighting]) => [slot, toJson(sinceFirst(sighting, known.get(slot)))] as const);
  if (gone.length > 0) await redis.hdel(key, ...gone);
  if (texts.length > 0) await redis.hset(key, new Map(texts));
}

function toSighting(position: PositionRow, orders: readonly OrderRow[], startMs: number): Sighting {
  const stop = orders.find(
    (row) => isPositionStop(row) && row.stopOrderType === 'StopLoss' && slotOf(row) === slotOf(position),
  );
  const trigger = position.stopLoss === undefined ? undefined : stop?.triggerBy;
  return {
    position,
    ...(trigger !== undefined && { stopTriggerBy: trigger }),
    firstSeenMs: startMs,
    lastSeenMs: startMs,
  };
}

function sinceFirst(sighting: Sighting, before: Sighting | undefined): Sighting {
  const isSame =
    before?.position.side === sighting.position.side && before?.position.openTimeMs === sighting.position.openTimeMs;
  return isSame && before !== undefined ? { ...sighting, firstSeenMs: before.firstSeenMs } : sighting;
}

/** The positions of an account that no plan attended in its last whole listing. It asks Redis alone. */
export async function listUnattended(redis: Redis, account: string): Promise<UnattendedList> {
  const keys = accountKeys(account);
  const [nowMs, listed, noted] = await Promise.all([
    redisTimeMs(redis),
    redis.hget(keys.landed, 'orders'), // audits of a stream list the positions alone
    redis.hvals(keys.unattended),
  ]);
  const positions = noted.map(async (text) => {
    const sighting = fromJson<Sighting>(text);
    return { ...sighting, writtenMs: await lastWriteMs(redis, account, sighting.position.symbol) };
  });
  return { nowMs, listedMs: listed === null ? undefined : Number(listed), positions: await Promise.all(positions) };
}

async function lastWriteMs(redis: Redis, account: string, symbol: string): Promise<number | undefined> {
  const fields = IDXS.map((positionIdx) => `${slotOf({ symbol, positionIdx })}:at`);
  const marks = await redis.hmget(accountKeys(account).dirty, ...fields);
  const times = marks.flatMap((mark) => (mark === null ? [] : [Number(mark)]));
  return times.length === 0 ? undefined : Math.max(...times);
}
