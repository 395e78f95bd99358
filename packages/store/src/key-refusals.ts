import type { EndpointClass } from '@backstop/core';
import type { Redis } from 'ioredis';
import { blockBudget } from './budget.ts';
import { accountKeys } from './keys.ts';
import { redisTimeMs } from './redis.ts';

/** A refusal that is not repeated within this time is over: an account with something to do asks again sooner. */
const REMEMBERED_MS = 60_000;
/** The account is paused: one write in so long tells whether its key is taken again. Reads that fail rest by themselves. */
const PAUSE = { firstMs: 1_000, mostMs: 5_000 };
export const WRITES: readonly EndpointClass[] = [
  'order-create',
  'order-create-batch',
  'order-amend',
  'order-amend-batch',
  'order-cancel',
  'order-cancel-batch',
  'trading-stop',
];

/** Requests of an account that the exchange refuses for the sake of its key. Times are Redis time, ms. */
export interface KeyRefusal {
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** The exchange's words. */
  readonly why: string;
}

/**
 * Takes note that the exchange has refused a request for the key's sake: unknown, expired, or without the permission. It pauses
 * the account's writes, and nobody else's (DESIGN section 7).
 */
export async function noteKeyRefusal(redis: Redis, account: string, why: string): Promise<void> {
  const key = accountKeys(account).refusal;
  const nowMs = await redisTimeMs(redis);
  await redis
    .multi()
    .hsetnx(key, 'since', nowMs)
    .hset(key, 'last', nowMs, 'why', why)
    .hincrby(key, 'count', 1)
    .pexpire(key, REMEMBERED_MS)
    .exec();
  await Promise.all(WRITES.map((endpoint) => blockBudget(redis, { account, endpoint }, PAUSE)));
}

/** undefined = none lately. */
export async function keyRefusal(redis: Redis, account: string): Promise<KeyRefusal | undefined> {
  const { since, last, count, why = '' } = await redis.hgetall(accountKeys(account).refusal);
  if (since === undefined) return undefined;
  return { sinceMs: Number(since), lastMs: Number(last), count: Number(count), why };
}
