import type { EndpointClass } from '@backstop/core';
import type { Redis } from 'ioredis';
import { blockBudget, type BudgetBlock } from './budget.ts';
import { accountKeys } from './keys.ts';
import { redisTimeMs } from './redis.ts';

/** A refusal that is not repeated within this time is over: an account with something to do asks again sooner. */
const REMEMBERED_MS = 60_000;
/**
 * How long a refused write holds the account's writes back. Each class has a pause of its own, so when it ends each may ask
 * again, with as much as its budget has. Stops are paused for a second at a time, which refusals meanwhile do not prolong.
 */
const PAUSE = { firstMs: 1_000, mostMs: 5_000 };
const STOP_PAUSE = { firstMs: 1_000, mostMs: 1_000 };
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
 * Takes note that the exchange has refused a request, read or write, for the key's sake: unknown, expired, or without the
 * permission. It holds nothing back: another worker may have a key that is taken.
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
}

/**
 * Holds the writes of an account back, and nobody else's (DESIGN section 7), after one was refused for the key's sake: for 1 s,
 * and up to 5 s while refusals go on; stops for 1 s at a time. Reads go on: those that fail rest by themselves.
 */
export async function pauseWrites(redis: Redis, account: string): Promise<void> {
  await Promise.all(WRITES.map((endpoint) => blockBudget(redis, { account, endpoint }, pauseOf(endpoint))));
}

function pauseOf(endpoint: EndpointClass): BudgetBlock {
  return endpoint === 'trading-stop' ? STOP_PAUSE : PAUSE;
}

/** undefined = none lately. */
export async function keyRefusal(redis: Redis, account: string): Promise<KeyRefusal | undefined> {
  const { since, last, count, why = '' } = await redis.hgetall(accountKeys(account).refusal);
  if (since === undefined) return undefined;
  return { sinceMs: Number(since), lastMs: Number(last), count: Number(count), why };
}
