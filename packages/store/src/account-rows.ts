import { fromJson, type OrderRow, type PositionIdx, type PositionRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { ORDERS_TTL_MS, POSITIONS_TTL_MS } from './landings.ts';
import { fromSlot, slotOf } from './monitor-ref.ts';
import { redisTimeMs } from './redis.ts';
import { vouchingSession } from './stream-sessions.ts';

const SCAN_COUNT = 1_000;

/** What the cache holds of one place of an account, whoever trades there. */
export interface SlotRows {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  /** undefined = flat. */
  readonly position: PositionRow | undefined;
  readonly orders: readonly OrderRow[];
}

/** All that the cache holds of an account. Ages in ms, from the start of the read of the whole account. */
export interface AccountRows {
  /** undefined = no whole reading of the account is young enough: places that are not among `slots` are unknown. */
  readonly ageMs: number | undefined;
  readonly slots: readonly SlotRows[];
}

/**
 * Reads the rows of an account without any claim on them, those of places that no monitor attends among them. For people:
 * it scans the keys of Redis, and the rows are of several moments.
 */
export async function readAccountRows(redis: Redis, account: string): Promise<AccountRows> {
  const keys = accountKeys(account);
  const [nowMs, stream, positionsListing, ordersListing] = await Promise.all([
    redisTimeMs(redis),
    redis.hmget(keys.stream, 'session', 'synced', 'until'),
    redis.hmget(keys.positionListing, 'start', 'session'),
    redis.hmget(keys.ordersListing, 'start', 'session'),
  ]);
  const session = vouchingSession(stream, nowMs);
  const counts = ([start, of]: Held, ttlMs: number) =>
    start !== null && start !== undefined && (nowMs - Number(start) <= ttlMs || (session !== '' && of === session));
  const [positions, orders] = await Promise.all([
    readRows(redis, keys.positionRow('', 0), {
      listedMs: Number(positionsListing[0] ?? 0),
      counts: (row) => counts(row, POSITIONS_TTL_MS),
      parse: (text) => fromJson<PositionRow>(text),
    }),
    readRows(redis, keys.ordersRow('', 0), {
      listedMs: Number(ordersListing[0] ?? 0),
      counts: (row) => counts(row, ORDERS_TTL_MS),
      parse: (text) => fromJson<readonly OrderRow[]>(text),
    }),
  ]);
  const slots = [...new Set([...positions.keys(), ...orders.keys()])].toSorted();
  const isWhole = counts(positionsListing, POSITIONS_TTL_MS) && counts(ordersListing, ORDERS_TTL_MS);
  return {
    ageMs: isWhole ? nowMs - Math.min(Number(positionsListing[0]), Number(ordersListing[0])) : undefined,
    slots: slots.map((slot) => ({ ...fromSlot(slot), position: positions.get(slot), orders: orders.get(slot) ?? [] })),
  };
}

/** start and session of a row or listing. */
type Held = readonly (string | null | undefined)[];

interface RowReading<T> {
  readonly listedMs: number;
  readonly counts: (row: Held) => boolean;
  readonly parse: (text: string) => T;
}

/**
 * Rows of one kind by slot. One that is older than the listing of the whole account is outdated by it: it holds nothing. Nor does one
 * that says flat or no orders.
 */
async function readRows<T>(
  redis: Redis,
  emptyKey: string,
  { listedMs, counts, parse }: RowReading<T>,
): Promise<ReadonlyMap<string, T>> {
  const prefix = emptyKey.slice(0, -slotOf({ symbol: '', positionIdx: 0 }).length);
  const found = new Map<string, T>();
  for (const key of await keysUnder(redis, prefix)) {
    const [text, ...row] = await redis.hmget(key, 'value', 'start', 'session');
    if (!text || text === '[]' || !counts(row) || Number(row[0]) < listedMs) continue;
    found.set(key.slice(prefix.length), parse(text));
  }
  return found;
}

async function keysUnder(redis: Redis, prefix: string): Promise<readonly string[]> {
  const pattern = `${prefix.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
    found.push(...keys);
    cursor = next;
  } while (cursor !== '0');
  return [...new Set(found)];
}
