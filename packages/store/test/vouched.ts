import type { OrderRow, PositionRow } from '@backstop/core';
import {
  accountKeys,
  beginFlight,
  landAudit,
  listActive,
  patchRows,
  readCheck,
  redisTimeMs,
  type Landed,
  type Landing,
  type Patched,
  type Redis,
  type StreamedRows,
} from '../src/index.ts';
import { REF } from './account.ts';

/** The account has a live, synced stream of this session for the next minute. */
export async function vouch(redis: Redis, session = 'session-1', account = REF.account): Promise<void> {
  const until = (await redisTimeMs(redis)) + 60_000;
  await redis.hset(accountKeys(account).stream, { holder: 'stream-1', session, synced: '1', until });
}

/** Begins a read of the whole account now, and lands it when asked, with the rows that are given then. */
export async function beginRead(
  redis: Redis,
  account = REF.account,
): Promise<(rows?: Partial<Landing>) => Promise<Landed>> {
  const flightId = `flight-${Math.random()}`;
  const flight = await beginFlight(redis, account, 'account', { flightId, ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  const { startMs, epoch, session } = flight;
  const places = [{ symbol: REF.symbol, positionIdx: REF.positionIdx }];
  return (rows) =>
    landAudit(redis, account, { flightId, startMs, epoch, session, places, positions: [], orders: [], ...rows });
}

/** Reads the whole account at once. */
export async function read(redis: Redis, rows: Partial<Landing> = {}): Promise<Landed> {
  const landNow = await beginRead(redis);
  return landNow(rows);
}

/** Frames of the account's own session, told by a process that has just read who is active. */
export async function tell(redis: Redis, rows: Partial<StreamedRows>): Promise<Patched> {
  const session = (await redis.hget(accountKeys(REF.account).stream, 'session')) ?? '';
  const monitors = await listActive(redis, REF.account);
  const patched = await patchRows(redis, REF.account, { positions: [], orders: [], session, monitors, ...rows });
  if (patched === undefined) throw new Error('others are active');
  return patched;
}

export function tellOrders(redis: Redis, ...orders: readonly OrderRow[]): Promise<Patched> {
  return tell(redis, { orders });
}

/** A frame with this position, made now or at `createdMs`. */
export async function tellPosition(redis: Redis, row: PositionRow, createdMs?: number): Promise<Patched> {
  const madeMs = createdMs ?? (await redisTimeMs(redis));
  return tell(redis, { positions: [{ row, createdMs: madeMs }] });
}

/** The rows of the monitor as a check reads them. Rejects where there are none. */
export async function heldRows(redis: Redis): Promise<{
  readonly position: PositionRow | undefined;
  readonly orders: readonly OrderRow[];
}> {
  const { position, orders } = await readCheck(redis, REF, 'tp-sl', 'token');
  if (position.kind !== 'row' || orders.kind !== 'row') throw new Error('no rows');
  return { position: position.value, orders: orders.value };
}

/** Ids of the orders that are held, sorted. */
export async function heldIds(redis: Redis): Promise<readonly string[]> {
  return (await heldRows(redis)).orders.map(({ orderId }) => orderId).toSorted();
}
