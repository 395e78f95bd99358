import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import {
  accountKeys,
  beginFlight,
  bucketOf,
  cacheStats,
  closeIntents,
  landAccount,
  landSymbol,
  openIntents,
  putInstruments,
  readCheck,
  toSnapshot,
  type CheckRead,
} from '../src/index.ts';
import { accept, anOrder, aPosition, nextMs, readAccount, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);
const INTENTS = [{ id: 'i1', type: 'create', absolute: false }] as const;
const WRITE = { ref: REF, lane: 'tp-sl', token: 'token', intents: INTENTS } as const;

function check(): Promise<CheckRead> {
  return readCheck(redis(), REF, 'tp-sl', 'token');
}

async function landSymbolNow(part: { size?: string; startMs?: number; epoch?: number } = {}): Promise<void> {
  const startMs = part.startMs ?? (await redisMs(redis()));
  const positions = part.size === undefined ? [] : [aPosition({ size: decimal(part.size) })];
  const landing = { flightId: 'symbol', startMs, epoch: part.epoch ?? 0, positions, orders: [] };
  await landSymbol(redis(), REF.account, { ...landing, symbol: REF.symbol, idxs: [0] });
}

test('rows of a landed account are read with the times of their read', async () => {
  await accept(redis(), REF);
  const foreign = anOrder({ orderId: 'order-2', symbol: 'ETHUSDT' });
  await readAccount(redis(), {
    positions: [aPosition()],
    orders: [anOrder(), foreign, anOrder({ orderId: 'order-3' })],
  });

  const { position, orders, nowMs } = await check();
  if (position.kind !== 'row' || orders.kind !== 'row') throw new Error('no rows');
  expect(position).toMatchObject({ patched: false, dirty: false, epoch: 0 });
  expect(position.value).toEqual(aPosition());
  expect(orders.value).toEqual([anOrder(), anOrder({ orderId: 'order-3' })]);
  expect(position.startMs).toBeLessThanOrEqual(position.endMs);
  expect(position.endMs).toBeLessThanOrEqual(nowMs);
});

test('F-34 a complete listing says flat and no orders for what it does not contain', async () => {
  await accept(redis(), REF);
  await readAccount(redis());
  const { position, orders } = await check();
  expect(position).toMatchObject({ kind: 'row', value: undefined });
  expect(orders).toMatchObject({ kind: 'row', value: [] });
});

test('a later listing without a row outdates that row, although the row still exists', async () => {
  await accept(redis(), REF);
  await readAccount(redis(), { positions: [aPosition()], orders: [anOrder()] });
  await nextMs(redis());
  await readAccount(redis());

  expect(await redis().exists(keys.positionRow(REF.symbol, 0), keys.ordersRow(REF.symbol, 0))).toBe(2);
  const { position, orders } = await check();
  expect(position).toMatchObject({ kind: 'row', value: undefined });
  expect(orders).toMatchObject({ kind: 'row', value: [] });
});

test('rows and listings die 15 s after their read began, so an outdated row never comes back', async () => {
  const startMs = (await redisMs(redis())) - 10_000;
  await readAccount(redis(), { startMs, positions: [aPosition()], orders: [anOrder()] });
  const rows = [
    keys.positionRow(REF.symbol, 0),
    keys.ordersRow(REF.symbol, 0),
    keys.positionListing,
    keys.ordersListing,
  ];
  const endsAt = await Promise.all(rows.map(async (key) => Number(await redis().call('PEXPIRETIME', key))));
  for (const at of endsAt) expect(Math.abs(at - (startMs + 15_000))).toBeLessThanOrEqual(50);
});

test('a read that took longer than its rows may live lands nothing', async () => {
  await readAccount(redis(), { startMs: (await redisMs(redis())) - 15_001, positions: [aPosition()] });
  expect(await redis().exists(keys.positionRow(REF.symbol, 0), keys.positionListing)).toBe(0);
});

test('an older read never overwrites a row or a listing of a newer one', async () => {
  await accept(redis(), REF);
  const now = await redisMs(redis());
  await landSymbolNow({ size: '5', startMs: now });
  await readAccount(redis(), { startMs: now - 100, positions: [aPosition({ size: decimal('1') })] });
  expect((await check()).position).toMatchObject({ value: { size: decimal('5') }, startMs: now });

  await readAccount(redis(), { startMs: now - 200, positions: [] });
  expect(await redis().hget(keys.positionListing, 'start')).toBe(`${now - 100}`);
});

test('a symbol row from before the listing does not count, one from after it does', async () => {
  await accept(redis(), REF);
  await readAccount(redis());
  const startMs = Number(await redis().hget(keys.positionListing, 'start'));

  await landSymbolNow({ size: '5', startMs: startMs - 1 });
  expect((await check()).position).toMatchObject({ value: undefined });
  await redis().del(keys.positionRow(REF.symbol, 0));
  await landSymbolNow({ size: '6', startMs });
  expect((await check()).position).toMatchObject({ value: { size: decimal('6') } });
});

test('only complete facts make a snapshot: a missing row or instrument is unknown, and no rule sees it', async () => {
  await accept(redis(), REF);
  expect(toSnapshot(await check())).toBeUndefined();
  await readAccount(redis(), { positions: [aPosition()], orders: [anOrder()] });
  expect(toSnapshot(await check())).toBeUndefined();

  const sizes = { qtyStep: 1n, minOrderQty: 1n, maxOrderQty: 1n, maxMktOrderQty: 1n, minNotionalValue: 1n };
  const instrument = { symbol: REF.symbol, status: 'Trading', tickSize: 1n, deliveryTimeMs: 0, ...sizes };
  await putInstruments(redis(), bucketOf(REF.account), new Map([[REF.symbol, instrument]]));
  const read = await check();
  if (read.position.kind !== 'row' || read.orders.kind !== 'row') throw new Error('no rows');
  expect(toSnapshot(read)).toEqual({
    instrument,
    position: aPosition(),
    positionAtMs: read.position.startMs,
    orders: [anOrder()],
    ordersAtMs: read.orders.startMs,
    executed: new Map(),
    executionsSeq: -1,
    prices: undefined,
  });
});

test('a symbol that was read flat has a row that says so, without any listing', async () => {
  await accept(redis(), REF);
  await landSymbolNow();
  const { position, orders } = await check();
  expect(position).toMatchObject({ kind: 'row', value: undefined });
  expect(orders).toMatchObject({ kind: 'row', value: [] });
});

test('F-34 what was never read is missing, what became too old is expired: both are unknown, not empty', async () => {
  await accept(redis(), REF);
  expect((await check()).position).toEqual({ kind: 'missing' });

  await readAccount(redis(), { startMs: (await redisMs(redis())) - 14_990, positions: [aPosition()] });
  await expect.poll(async () => (await check()).position.kind, { interval: 5 }).toBe('expired');
  expect((await check()).orders).toEqual({ kind: 'expired' });
  expect((await cacheStats(redis())).positions).toMatchObject({ missed: 1 });
  expect((await cacheStats(redis())).positions.expired).toBeGreaterThanOrEqual(1);
});

test('a write makes the rows dirty, and only a read begun after its reply makes them clean', async () => {
  await accept(redis(), REF);
  await readAccount(redis());
  await check();
  await openIntents(redis(), WRITE);
  expect((await check()).orders).toMatchObject({ dirty: true });

  await readAccount(redis()); // begun after the write was sent, before its reply
  expect((await check()).orders).toMatchObject({ dirty: true });
  await closeIntents(redis(), REF, ['i1']);
  expect((await check()).orders).toMatchObject({ dirty: true });

  await nextMs(redis());
  await readAccount(redis());
  const { orders, position, epoch, dirtyEpoch } = await check();
  expect([orders, position]).toMatchObject([{ dirty: false }, { dirty: false }]);
  expect(dirtyEpoch).toBe(epoch);
  expect((await cacheStats(redis())).orders).toMatchObject({ dirty: 3, fresh: 2, missed: 0 });
});

test('a read tells when a write of ours last touched the rows, on whatever lane, and that none did', async () => {
  await accept(redis(), REF);
  expect((await check()).dirtyAtMs).toBe(0);

  const before = (await check()).nowMs;
  await openIntents(redis(), WRITE);
  const { dirtyAtMs, nowMs } = await check();
  expect(dirtyAtMs).toBeGreaterThanOrEqual(before);
  expect(dirtyAtMs).toBeLessThanOrEqual(nowMs);
  expect((await readCheck(redis(), REF, 'limit-order', 'other')).dirtyAtMs).toBe(dirtyAtMs);
});

test('a read begun before a write and landed after it does not make the rows clean', async () => {
  await accept(redis(), REF);
  await check();
  const flight = await beginFlight(redis(), REF.account, 'account', { flightId: 'early', ttlMs: 5_000 });
  if (!flight.won) throw new Error('not won');
  await openIntents(redis(), WRITE);
  await closeIntents(redis(), REF, ['i1']);
  await landAccount(redis(), REF.account, { ...flight, flightId: 'early', positions: [aPosition()], orders: [] });
  expect((await check()).position).toMatchObject({ kind: 'row', dirty: true });
});

test('an intent that nobody closes keeps the rows dirty until a read begun after its deadline', async () => {
  await accept(redis(), REF);
  await check();
  const opened = await openIntents(redis(), { ...WRITE, recvWindowMs: -1_490 }); // a deadline in 10 ms
  if (!opened.ok) throw new Error(opened.why);
  await readAccount(redis(), { startMs: opened.deadlineMs, epoch: opened.epoch });
  expect((await check()).orders).toMatchObject({ dirty: true });

  await expect.poll(() => redisMs(redis()), { interval: 2 }).toBeGreaterThan(opened.deadlineMs);
  await readAccount(redis());
  const { orders, intents } = await check();
  expect(orders).toMatchObject({ dirty: false });
  expect(intents).toMatchObject([{ id: 'i1', lane: 'tp-sl', token: 'token', deadlineMs: opened.deadlineMs }]);
});

test('a write of one lane makes the rows dirty for the other lane too, and for no other slot', async () => {
  const other = { ...REF, symbol: 'ETHUSDT', monitorId: 'bbbbbbbbbbbb' };
  await accept(redis(), REF, other);
  await readAccount(redis());
  await check();
  await openIntents(redis(), WRITE);
  await closeIntents(redis(), REF, ['i1']);
  expect((await readCheck(redis(), REF, 'limit-order', 't')).orders).toMatchObject({ dirty: true });
  expect((await readCheck(redis(), other, 'tp-sl', 't')).orders).toMatchObject({ dirty: false });
});
