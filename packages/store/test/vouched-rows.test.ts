import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import {
  accountKeys,
  beginFlight,
  bucketOf,
  flushCache,
  getLookup,
  landAudit,
  landPositions,
  landSymbol,
  putInstruments,
  putLookup,
  readAccountRows,
  readCheck,
  toSnapshot,
  type CheckRead,
} from '../src/index.ts';
import { accept, anOrder, aPosition, nextMs, redisMs, REF, useRedis } from './account.ts';
import { beginRead, read, tellOrders, tellPosition, vouch } from './vouched.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);
const ROWS = { positions: [aPosition()], orders: [anOrder()] };
const place = { symbol: REF.symbol, positionIdx: REF.positionIdx };

function check(): Promise<CheckRead> {
  return readCheck(redis(), REF, 'tp-sl', 'token');
}

/** Rows that a stream vouches for, read 20 s ago. */
async function readLongAgo(): Promise<void> {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), { ...ROWS, startMs: (await redisMs(redis())) - 20_000 });
}

test('a row that a live stream vouches for counts beyond 15 s', async () => {
  await readLongAgo();
  expect(await check()).toMatchObject({
    position: { kind: 'row', vouched: true, value: { size: decimal('0.01') } },
    orders: { kind: 'row', vouched: true, value: [{ orderId: 'order-1' }] },
  });
});

test.each([
  ['its lease ends', { until: 1 }],
  ['its session is another one', { session: 'session-2' }],
  ['it has no session', { session: '' }],
  ['it is not synced', { synced: '0' }],
])('a row counts for 15 s only from the moment when the stream does not vouch for it: %s', async (_why, fields) => {
  await readLongAgo();
  await redis().hset(keys.stream, fields);
  expect(await check()).toMatchObject({ position: { kind: 'expired' }, orders: { kind: 'expired' } });
  await vouch(redis());
  await read(redis(), ROWS);
  await redis().hset(keys.stream, fields);
  expect(await check()).toMatchObject({ position: { kind: 'row', vouched: false }, orders: { vouched: false } });
});

test('rows that the stream vouches for are read again after 60 s and 180 s all the same, others after 15 s', async () => {
  await vouch(redis());
  const rows = [
    keys.positionRow(REF.symbol, 0),
    keys.positionListing,
    keys.ordersRow(REF.symbol, 0),
    keys.ordersListing,
  ];
  const lives = async (): Promise<number[]> =>
    Promise.all(rows.map(async (key) => Math.round((await redis().pttl(key)) / 1_000)));
  await read(redis(), ROWS);
  expect(await lives()).toEqual([60, 60, 180, 180]);
  await redis().del(keys.stream);
  await nextMs(redis());
  await read(redis(), ROWS);
  expect(await lives()).toEqual([15, 15, 15, 15]);
});

test('a read that began before the session lands rows that nothing vouches for', async () => {
  await accept(redis(), REF);
  const landNow = await beginRead(redis());
  await vouch(redis());
  await landNow(ROWS);
  expect((await check()).position).toMatchObject({ vouched: false });
});

test('a read in whose time the session changed lands rows that nothing vouches for', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  const landNow = await beginRead(redis());
  await vouch(redis(), 'session-2');
  await landNow(ROWS);
  expect((await check()).position).toMatchObject({ vouched: false });
});

test('rows read before the stream is synced are vouched for once it is', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  await redis().hset(keys.stream, 'synced', '0');
  await read(redis(), ROWS);
  expect((await check()).orders).toMatchObject({ vouched: false });
  await redis().hset(keys.stream, 'synced', '1');
  expect((await check()).orders).toMatchObject({ vouched: true });
});

test('a row that nothing vouches for outlives the older listing: that never speaks for its place again', async () => {
  await readLongAgo();
  const flight = await beginFlight(redis(), REF.account, `symbol:${REF.symbol}`, { flightId: 'late', ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  await landSymbol(redis(), REF.account, { ...ROWS, ...flight, ...place, idxs: [0], flightId: 'too late' });
  const [row, listing] = [keys.ordersRow(REF.symbol, 0), keys.ordersListing];
  expect(await redis().pttl(row)).toBeGreaterThan(15_000);
  expect(await redis().pttl(row)).toBeGreaterThanOrEqual((await redis().pttl(listing)) - 5);

  const sixteenSecondsAgo = (await redisMs(redis())) - 16_000;
  await redis().hset(row, 'start', sixteenSecondsAgo);
  await redis().hset(keys.positionRow(REF.symbol, 0), 'start', sixteenSecondsAgo);
  expect(await check()).toMatchObject({ position: { kind: 'expired' }, orders: { kind: 'expired' } });
});

test('a flush ends what the stream vouches for: frames that come while it goes on change nothing', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), ROWS);
  await flushCache(redis(), REF.account);
  expect(await redis().hmget(keys.stream, 'session', 'synced')).toEqual(['', '0']);
});

test('a flush forgets rows and frames, and what was being read meanwhile is not vouched for', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  const landNow = await beginRead(redis());
  await tellOrders(redis(), anOrder({ status: 'Cancelled', updatedTimeMs: 3 }));
  await flushCache(redis(), REF.account);
  expect(await redis().exists(keys.frames(REF.symbol, 0), keys.awaited(REF.symbol, 0))).toBe(0);
  await landNow(ROWS);
  expect((await check()).orders).toMatchObject({ kind: 'row', vouched: false });
  await vouch(redis());
  await read(redis(), { ...ROWS, startMs: (await redisMs(redis())) + 1 });
  expect((await check()).orders).toMatchObject({ kind: 'row', vouched: true });
});

test('a snapshot is as of when the stream last told something of its rows, and says that it is streamed when both are', async () => {
  await readLongAgo();
  const sizes = { qtyStep: 1n, minOrderQty: 1n, maxOrderQty: 1n, maxMktOrderQty: 1n, minNotionalValue: 1n };
  const instrument = { symbol: REF.symbol, status: 'Trading', tickSize: 1n, deliveryTimeMs: 0, ...sizes };
  await putInstruments(redis(), bucketOf(REF.account), new Map([[REF.symbol, instrument]]));
  const before = await redisMs(redis());
  await tellPosition(redis(), aPosition({ seq: 8 }));
  const checked = await check();
  if (checked.orders.kind !== 'row') throw new Error('no row');
  const snapshot = toSnapshot(checked);
  expect(snapshot).toMatchObject({ streamed: true, ordersAtMs: checked.orders.startMs });
  expect(snapshot?.positionAtMs).toBeGreaterThanOrEqual(before);

  await redis().hset(keys.ordersRow(REF.symbol, 0), { session: '', start: await redisMs(redis()) });
  expect(toSnapshot(await check())?.streamed).toBeUndefined();
});

test('people see what the stream vouches for, and not what is too old without it', async () => {
  await readLongAgo();
  const slot = { ...place, position: aPosition(), orders: [anOrder()] };
  const rows = await readAccountRows(redis(), REF.account);
  expect(rows.slots).toEqual([slot]);
  expect(rows.ageMs).toBeGreaterThanOrEqual(20_000);
  await redis().hset(keys.stream, 'synced', '0');
  expect(await readAccountRows(redis(), REF.account)).toEqual({ ageMs: undefined, slots: [] });
});

test('a look-up is read for an order that only a row holds which does not count any more', async () => {
  await readLongAgo();
  const startMs = await redisMs(redis());
  await putLookup(redis(), REF, anOrder().orderLinkId, { order: undefined, startMs, epoch: 0 });
  expect(await getLookup(redis(), REF, anOrder().orderLinkId)).toBeUndefined();
  await redis().hset(keys.stream, 'synced', '0');
  expect(await getLookup(redis(), REF, anOrder().orderLinkId)).toEqual({ order: undefined, startMs });
});

async function readPositions(rows: readonly ReturnType<typeof aPosition>[]) {
  const flight = await beginFlight(redis(), REF.account, 'positions', { flightId: 'p', ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  return landPositions(redis(), REF.account, { ...flight, flightId: 'p', places: [place], positions: rows });
}

test('a read of the positions alone leaves the orders as they are', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), ROWS);
  const before = await check();
  await nextMs(redis());
  const landed = await readPositions([aPosition({ seq: 8 })]);
  const after = await check();
  expect(after.orders).toEqual(before.orders);
  expect(after.position).toMatchObject({ value: { seq: 8 }, endMs: landed.nowMs });
  await readPositions([]);
  expect(await redis().hget(keys.positionListing, 'end')).not.toBe(await redis().hget(keys.ordersListing, 'end'));
});

test('S-07 an audit that finds something else than what the stream vouches for tells of it, and has it looked at', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), ROWS);
  await readCheck(redis(), REF, 'tp-sl', 'token');
  await nextMs(redis());
  const now = await redisMs(redis());
  expect((await readPositions([aPosition({ seq: 8, size: 1n })])).drift).toEqual([{ ...place, kind: 'positions' }]);
  const { drift, nowMs } = await read(redis(), { positions: [aPosition({ seq: 8, size: 1n })] });
  expect(drift).toEqual([{ ...place, kind: 'orders' }]);
  for (const lane of ['tp-sl', 'limit-order'] as const)
    expect(Number(await redis().zscore(keys.due(lane), 'main|BTCUSDT|0|aaaaaaaaaaaa'))).toBeLessThanOrEqual(nowMs);
  expect(nowMs).toBeGreaterThanOrEqual(now);
});

test.each([
  ['nothing rules look at', { ...ROWS, positions: [aPosition({ seq: 8, liqPrice: 5n })] }],
  ['the orders in another order', { ...ROWS, orders: [anOrder({ orderId: 'order-2' }), anOrder()] }],
])('an audit that differs in %s tells nothing', async (_what, audited) => {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), { ...audited, positions: [aPosition()], orders: audited.orders.toReversed() });
  await nextMs(redis());
  expect((await read(redis(), audited)).drift).toEqual([]);
});

test('what nothing vouches for, what is dirty and what a frame has told since cannot drift', async () => {
  await accept(redis(), REF);
  await read(redis(), ROWS);
  expect((await read(redis())).drift).toEqual([]);
  await vouch(redis());
  await read(redis());
  const landNow = await beginRead(redis());
  await tellOrders(redis(), anOrder());
  expect((await landNow()).drift).toEqual([]);

  await redis().hset(keys.dirty, 'BTCUSDT:0:tp-sl', 5);
  await nextMs(redis());
  expect((await read(redis(), { startMs: (await redisMs(redis())) + 1_000 })).drift).toEqual([]);
});

test('a landing gives a place of a monitor rows of its own, in which frames are not lost', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  const flight = await beginFlight(redis(), REF.account, 'account', { flightId: 'f', ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  await tellOrders(redis(), anOrder());
  await landAudit(redis(), REF.account, { ...flight, flightId: 'f', places: [place], positions: [], orders: [] });
  expect(await check()).toMatchObject({ orders: { value: [{ orderId: 'order-1' }], vouched: true } });
  expect(await redis().hget(keys.positionRow(REF.symbol, 0), 'value')).toBe('');
});
