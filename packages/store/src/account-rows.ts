import { fromJson, type OrderRow, type PositionIdx, type PositionRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { fromSlot, slotOf } from './monitor-ref.ts';
import { redisTimeMs } from './redis.ts';

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
  const [nowMs, positionsMs, ordersMs] = await Promise.all([
    redisTimeMs(redis),
    redis.hget(keys.positionListing, 'start'),
    redis.hget(keys.ordersListing, 'start'),
  ]);
  const [positions, orders] = await Promise.all([
    readRows(redis, keys.positionRow('', 0), positionsMs, (text) => fromJson<PositionRow>(text)),
    readRows(redis, keys.ordersRow('', 0), ordersMs, (text) => fromJson<readonly OrderRow[]>(text)),
  ]);
  const slots = [...new Set([...positions.keys(), ...orders.keys()])].toSorted();
  const isWhole = positionsMs !== null && ordersMs !== null;
  return {
    ageMs: isWhole ? nowMs - Math.min(Number(positionsMs), Number(ordersMs)) : undefined,
    slots: slots.map((slot) => ({ ...fromSlot(slot), position: positions.get(slot), orders: orders.get(slot) ?? [] })),
  };
}

/** Rows of one kind by slot. One that is older than the listing of the whole account is outdated by it: it holds nothing. */
async function readRows<T>(
  redis: Redis,
  emptyKey: string,
  listedMs: string | null,
  parse: (text: string) => T,
): Promise<ReadonlyMap<string, T>> {
  const prefix = emptyKey.slice(0, -slotOf({ symbol: '', positionIdx: 0 }).length);
  const found = new Map<string, T>();
  for (const key of await keysUnder(redis, prefix)) {
    const [start, text] = await redis.hmget(key, 'start', 'value');
    if (start === null || start === undefined || !text || Number(start) < Number(listedMs ?? 0)) continue;
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
