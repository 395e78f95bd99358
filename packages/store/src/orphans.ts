import { fromJson, toJson, type OrderRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { redisTimeMs } from './redis.ts';

/** An order under our installation's id that belongs to no active plan, and since when complete listings have shown it. */
export interface Orphan {
  readonly symbol: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly firstSeenMs: number;
}

/** Takes note of the candidates of one complete listing; one that is not among them any more is forgotten. */
export async function noteOrphans(redis: Redis, account: string, orders: readonly OrderRow[]): Promise<void> {
  const key = accountKeys(account).orphans;
  const noted = await redis.hkeys(key);
  if (noted.length === 0 && orders.length === 0) return;

  const firstSeenMs = await redisTimeMs(redis);
  const present = new Set(orders.map(({ orderLinkId }) => orderLinkId));
  const gone = noted.filter((orderLinkId) => !present.has(orderLinkId));
  await Promise.all([
    ...(gone.length === 0 ? [] : [redis.hdel(key, ...gone)]),
    ...orders.map(({ symbol, orderId, orderLinkId }) =>
      redis.hsetnx(key, orderLinkId, toJson({ symbol, orderId, orderLinkId, firstSeenMs } satisfies Orphan)),
    ),
  ]);
}

/** Candidates that have been there for at least `forMs`. */
export async function listOrphans(redis: Redis, account: string, forMs: number): Promise<readonly Orphan[]> {
  const [nowMs, noted] = await Promise.all([redisTimeMs(redis), redis.hvals(accountKeys(account).orphans)]);
  return noted.map((text) => fromJson<Orphan>(text)).filter(({ firstSeenMs }) => nowMs - firstSeenMs >= forMs);
}

/** Forgets a candidate that was settled. */
export async function forgetOrphan(redis: Redis, account: string, orderLinkId: string): Promise<void> {
  await redis.hdel(accountKeys(account).orphans, orderLinkId);
}
