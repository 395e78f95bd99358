import type { Redis } from 'ioredis';
import { accountKeys, rowPatterns, streamPattern } from './keys.ts';
import { LOOKUP_TTL_MS } from './lookups.ts';
import { fromSlot } from './monitor-ref.ts';
import { runScript } from './redis.ts';

const KEEP_LANDED_MS = 600_000;
const SCAN_COUNT = 1_000;

/**
 * Drops the rows of one account, or of all: the next checks read the exchange. Plans, states, sums and intents stay. Returns
 * how many keys were dropped.
 */
export async function flushCache(redis: Redis, account?: string): Promise<number> {
  // First of all: no frame may be put over what is half dropped, and what is read from now on is vouched for by a new session.
  for await (const keys of matching(redis, streamPattern(account))) {
    const ended = { session: '', synced: '0', why: 'the cache was flushed' };
    await Promise.all(keys.map((key) => redis.hset(key, ended)));
  }
  let dropped = 0;
  for (const pattern of rowPatterns(account)) dropped += await dropMatching(redis, pattern);
  return dropped;
}

async function dropMatching(redis: Redis, pattern: string): Promise<number> {
  let dropped = 0;
  for await (const keys of matching(redis, pattern)) {
    const removed = await Promise.all(keys.map((key) => redis.unlink(key)));
    dropped += removed.reduce((sum, count) => sum + count, 0);
  }
  return dropped;
}

async function* matching(redis: Redis, pattern: string): AsyncGenerator<readonly string[], void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
    yield keys;
    cursor = next;
  } while (cursor !== '0');
}

/** What a clean-up removed. */
export interface Evicted {
  /** Slots whose rows were both read since the last write: no longer marked dirty. */
  readonly dirty: number;
  /** Marks that told an expired row from one never seen. */
  readonly landed: number;
}

/** Clears what expiry leaves behind; rows, listings and look-ups expire by themselves. */
export async function evictExpired(redis: Redis, accounts: readonly string[]): Promise<Evicted> {
  const each = await Promise.all(accounts.map((account) => evictAccount(redis, account)));
  return each.reduce((sum, { dirty, landed }) => ({ dirty: sum.dirty + dirty, landed: sum.landed + landed }), {
    dirty: 0,
    landed: 0,
  });
}

async function evictAccount(redis: Redis, account: string): Promise<Evicted> {
  const keys = accountKeys(account);
  const marks = await redis.hkeys(keys.dirty);
  const slots = marks.filter((field) => field.endsWith(':at')).map((field) => field.slice(0, -':at'.length));
  const rowKeys = slots.flatMap((slot) => {
    const { symbol, positionIdx } = fromSlot(slot);
    return [keys.positionRow(symbol, positionIdx), keys.ordersRow(symbol, positionIdx)];
  });
  const fixed = [keys.dirty, keys.landed, keys.positionListing, keys.ordersListing];
  const args = [KEEP_LANDED_MS, LOOKUP_TTL_MS, ...slots];
  const [dirty, landed] = await runScript<[number, number]>(redis, 'evict-expired', [...fixed, ...rowKeys], args);
  return { dirty, landed };
}
