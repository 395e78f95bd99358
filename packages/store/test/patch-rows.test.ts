import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import { accountKeys, patchRows, readCheck, recordCheck, type CheckRead } from '../src/index.ts';
import { accept, anOrder, aPosition, nextMs, readAccount, redisMs, REF, TP_SL_STATE, useRedis } from './account.ts';
import { beginRead, heldIds, heldRows, read, tell, tellOrders, tellPosition, vouch } from './vouched.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);
const framesKey = keys.frames(REF.symbol, 0);
const ENDED = ['Filled', 'Cancelled', 'Rejected', 'Deactivated', 'PartiallyFilledCanceled'];

async function check(): Promise<CheckRead> {
  return readCheck(redis(), REF, 'tp-sl', 'token');
}

test('a frame adds, changes and removes an order of the row, which keeps the times of its read', async () => {
  await accept(redis(), REF);
  await read(redis(), { orders: [anOrder(), anOrder({ orderId: 'order-2' }), anOrder({ orderId: 'order-3' })] });
  const before = await check();
  const now = await nextMs(redis());

  const third = anOrder({ orderId: 'order-4', updatedTimeMs: 3 });
  const changed = anOrder({ orderId: 'order-2', qty: decimal('0.02'), updatedTimeMs: 3 });
  await tellOrders(redis(), third, changed, anOrder({ status: 'Cancelled', updatedTimeMs: 3 }));
  const after = await check();
  expect((await heldRows(redis())).orders).toEqual([changed, anOrder({ orderId: 'order-3' }), third]);
  if (after.orders.kind !== 'row' || before.orders.kind !== 'row') throw new Error('no rows');
  const { startMs, endMs, epoch } = before.orders;
  expect(after.orders).toMatchObject({ startMs, endMs, epoch, patched: true });
  expect(after.orders.atMs).toBeGreaterThanOrEqual(now);
  expect(after.position).toMatchObject({ patched: false });
});

test.each(ENDED)(
  'S-07 an order that ended never reopens, by a late, doubled or reordered frame: %s',
  async (status) => {
    await accept(redis(), REF);
    await read(redis(), { orders: [anOrder()] });
    await tellOrders(redis(), anOrder({ status, updatedTimeMs: 3, leavesQty: 0n, cumExecQty: decimal('0.01') }));
    expect(await heldIds(redis())).toEqual([]);
    await tellOrders(redis(), anOrder());
    await tellOrders(redis(), anOrder({ updatedTimeMs: 3, status: 'PartiallyFilled', cumExecQty: decimal('0.005') }));
    await tellOrders(redis(), anOrder({ updatedTimeMs: 4 }));
    expect(await heldIds(redis())).toEqual([]);
  },
);

test('an order in a status that nobody knows is open', async () => {
  await accept(redis(), REF);
  await read(redis());
  await tellOrders(redis(), anOrder({ status: 'Sideways' }));
  expect(await heldIds(redis())).toEqual(['order-1']);
});

test('of two frames of one order the older changes nothing: by its time, then by what was executed', async () => {
  await accept(redis(), REF);
  await read(redis());
  const row = anOrder({ updatedTimeMs: 5, cumExecQty: decimal('0.005') });
  await tellOrders(redis(), row);
  await tellOrders(redis(), anOrder({ updatedTimeMs: 4, qty: 1n, cumExecQty: decimal('0.009') }));
  await tellOrders(redis(), anOrder({ updatedTimeMs: 5, qty: 2n, cumExecQty: decimal('0.004') }));
  expect((await heldRows(redis())).orders).toEqual([row]);
  const last = anOrder({ updatedTimeMs: 5, qty: 3n, cumExecQty: decimal('0.005') });
  await tellOrders(redis(), last);
  expect((await heldRows(redis())).orders).toEqual([last]);
});

test('a frame that is older than what a read brought changes nothing', async () => {
  await accept(redis(), REF);
  await read(redis(), { orders: [anOrder({ updatedTimeMs: 5 })], positions: [aPosition({ seq: 9 })] });
  await tellOrders(redis(), anOrder({ updatedTimeMs: 4, qty: 1n }));
  await tellPosition(redis(), aPosition({ seq: 8, updatedTimeMs: 99, size: 1n }));
  expect(await heldRows(redis())).toEqual({ orders: [anOrder({ updatedTimeMs: 5 })], position: aPosition({ seq: 9 }) });
});

test('S-23 a frame that does not name when the position was opened leaves that as it was read, until it is flat', async () => {
  await accept(redis(), REF);
  await read(redis(), { positions: [aPosition({ seq: 5, openTimeMs: 77 })] });
  await tellPosition(redis(), aPosition({ seq: 6, size: decimal('0.02') }));
  expect((await heldRows(redis())).position).toEqual(aPosition({ seq: 6, size: decimal('0.02'), openTimeMs: 77 }));

  await tellPosition(redis(), aPosition({ seq: 7, size: 0n, side: undefined }));
  await tellPosition(redis(), aPosition({ seq: 8 }));
  expect((await heldRows(redis())).position).toEqual(aPosition({ seq: 8 }));
});

test('a frame without a row of a read makes no row', async () => {
  await accept(redis(), REF);
  await tellOrders(redis(), anOrder());
  await tellPosition(redis(), aPosition());
  expect(await readCheck(redis(), REF, 'tp-sl', 'token')).toMatchObject({
    position: { kind: 'missing' },
    orders: { kind: 'missing' },
  });
});

test('where only a listing says that there is nothing, a frame makes the row, with all that frames told since', async () => {
  await accept(redis(), REF);
  const landNow = await beginRead(redis());
  await tellOrders(redis(), anOrder());
  await redis().del(keys.told);
  await landNow({ places: [] });
  await tellOrders(redis(), anOrder({ orderId: 'order-2' }));
  await tellPosition(redis(), aPosition());
  expect(await heldIds(redis())).toEqual(['order-1', 'order-2']);
  expect((await heldRows(redis())).position).toEqual(aPosition());
  for (const [row, listing] of [
    [keys.ordersRow(REF.symbol, 0), keys.ordersListing],
    [keys.positionRow(REF.symbol, 0), keys.positionListing],
  ] as const) {
    expect(await redis().hget(row, 'start')).toBe(await redis().hget(listing, 'start'));
    expect(Math.abs((await redis().pttl(row)) - (await redis().pttl(listing)))).toBeLessThanOrEqual(5);
  }
});

test('S-07 of equal position rows the one of the later frame counts', async () => {
  await accept(redis(), REF);
  await read(redis(), { positions: [aPosition()] });
  const now = await redisMs(redis());
  await tellPosition(redis(), aPosition({ stopLoss: decimal('61000') }), now);
  await tellPosition(redis(), aPosition({ stopLoss: decimal('62000') }), now - 1);
  expect((await heldRows(redis())).position).toEqual(aPosition({ stopLoss: decimal('61000') }));
  await tellPosition(redis(), aPosition({ stopLoss: decimal('63000') }), now);
  expect((await heldRows(redis())).position).toEqual(aPosition({ stopLoss: decimal('63000') }));
});

test('S-07 of a read and an equal frame the later counts: a read is as of its start, by a clock up to 1 s off', async () => {
  await accept(redis(), REF);
  const startMs = await redisMs(redis());
  await read(redis(), { startMs, positions: [aPosition()] });
  await tellPosition(redis(), aPosition({ stopLoss: decimal('61000') }), startMs - 1_001);
  expect((await heldRows(redis())).position).toEqual(aPosition());
  await tellPosition(redis(), aPosition({ stopLoss: decimal('61000') }), startMs - 1_000);
  expect((await heldRows(redis())).position).toEqual(aPosition({ stopLoss: decimal('61000') }));

  await nextMs(redis());
  await read(redis(), { positions: [aPosition({ stopLoss: decimal('64000') })] });
  expect((await heldRows(redis())).position).toEqual(aPosition({ stopLoss: decimal('64000') }));
});

test('a position that a frame tells is flat stays as its row with size 0', async () => {
  await accept(redis(), REF);
  await read(redis(), { positions: [aPosition()] });
  const flat = aPosition({ side: undefined, size: 0n, seq: 8 });
  await tellPosition(redis(), flat);
  expect((await heldRows(redis())).position).toEqual(flat);
});

test('frames of a session that is over change nothing', async () => {
  await accept(redis(), REF);
  await vouch(redis(), 'session-2');
  await read(redis());
  expect(await tell(redis(), { orders: [anOrder()], session: 'session-1' })).toMatchObject({
    taken: false,
    changed: [],
  });
  expect(await redis().exists(framesKey)).toBe(0);
  await tell(redis(), { orders: [anOrder()], session: 'session-2' });
  expect(await heldIds(redis())).toEqual(['order-1']);
});

test('whose rows changed in something that rules look at is due now, and told', async () => {
  await accept(redis(), REF);
  const base = { positions: [aPosition()], orders: [anOrder()] };
  await read(redis(), base);
  const tpSl = { ref: REF, lane: 'tp-sl' };
  const place = { symbol: REF.symbol, positionIdx: 0 };
  await redis().zadd(keys.due('tp-sl'), 9e15, 'main|BTCUSDT|0|aaaaaaaaaaaa');

  const same = aPosition({ seq: 8, liqPrice: decimal('1') });
  expect(await tellPosition(redis(), same)).toMatchObject({ changed: [], woken: [] });
  expect(await tellOrders(redis(), anOrder())).toMatchObject({ changed: [], woken: [] });
  const told = await tellPosition(redis(), aPosition({ seq: 9, size: 1n }));
  expect(told).toMatchObject({ changed: [place], woken: [tpSl] });
  expect(Number(await redis().zscore(keys.due('tp-sl'), 'main|BTCUSDT|0|aaaaaaaaaaaa'))).toBe(told.nowMs);

  expect((await tellOrders(redis(), anOrder({ updatedTimeMs: 3 }))).woken).toEqual([tpSl]);
  const stop = anOrder({ orderId: 'order-2', reduceOnly: false, stopOrderType: 'StopLoss' });
  expect((await tellOrders(redis(), stop)).woken).toEqual([tpSl]);
  const entry = anOrder({ orderId: 'order-3', reduceOnly: false });
  expect((await tellOrders(redis(), entry)).woken).toEqual([tpSl, { ...tpSl, lane: 'limit-order' }]);
});

test('where no monitor is nobody is woken', async () => {
  await readAccount(redis());
  expect(await tellOrders(redis(), anOrder())).toMatchObject({ changed: [{ symbol: REF.symbol }], woken: [] });
});

test('a row that could not be read has its monitors read through: no frame makes up for it, a read does', async () => {
  const other = { ...REF, symbol: 'ETHUSDT', monitorId: 'bbbbbbbbbbbb' };
  await accept(redis(), REF, other);
  await vouch(redis());
  await read(redis());
  const { woken } = await tell(redis(), { unreadable: [REF.symbol] });
  expect(woken).toEqual([
    { ref: REF, lane: 'tp-sl' },
    { ref: REF, lane: 'limit-order' },
  ]);
  expect((await check()).orders).toMatchObject({ dirty: true, vouched: true });
  expect((await readCheck(redis(), other, 'tp-sl', 't')).orders).toMatchObject({ dirty: false });
  await tellOrders(redis(), anOrder());
  expect((await check()).position).toMatchObject({ dirty: true });
  await nextMs(redis());
  await read(redis());
  expect((await check()).position).toMatchObject({ dirty: false });
});

test('frames told by a process that does not know who is active by now change nothing, until it has read that', async () => {
  const frames = { positions: [], orders: [anOrder()], session: '' };
  const other = { ...REF, symbol: 'ETHUSDT', monitorId: 'bbbbbbbbbbbb' };
  await accept(redis(), REF, other);
  await read(redis());
  expect(await patchRows(redis(), REF.account, { ...frames, monitors: [other] })).toBeUndefined();
  expect(
    await patchRows(redis(), REF.account, { ...frames, monitors: [{ ...REF, monitorId: 'cccccccccccc' }] }),
  ).toBeUndefined();
  expect([await heldIds(redis()), await redis().exists(framesKey)]).toEqual([[], 0]);

  expect(await patchRows(redis(), REF.account, { ...frames, monitors: [REF] })).toMatchObject({
    woken: [{ ref: REF }],
  });
  const record = { ref: REF, lane: 'tp-sl', token: 'token', version: 0, state: TP_SL_STATE, events: [] } as const;
  await check();
  await recordCheck(redis(), { ...record, dueInMs: undefined, closed: true });
  expect(await patchRows(redis(), REF.account, { ...frames, monitors: [REF] })).toBeUndefined();
});

test('whose row could not be read, whom nobody knew of, is not passed over', async () => {
  const short = { ...REF, positionIdx: 2, monitorId: 'bbbbbbbbbbbb' } as const;
  await accept(redis(), REF, short);
  const frames = { positions: [], orders: [], unreadable: [REF.symbol], session: '' };
  expect(await patchRows(redis(), REF.account, { ...frames, monitors: [REF] })).toBeUndefined();
  expect(await patchRows(redis(), REF.account, { ...frames, monitors: [] })).toBeUndefined();
  expect((await tell(redis(), frames)).changed).toHaveLength(2);
});

test('frames are kept for a minute anew with each, and told of one place say nothing of another', async () => {
  await accept(redis(), REF);
  await read(redis());
  await tellOrders(redis(), anOrder({ positionIdx: 1 }), anOrder({ symbol: 'ETHUSDT' }));
  expect(await heldIds(redis())).toEqual([]);
  await tellOrders(redis(), anOrder());
  expect(await redis().pttl(framesKey)).toBeGreaterThan(59_000);
});

test('a row in the form of an older version is not patched, and nothing vouches for it', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), { orders: [anOrder()] });
  const older = JSON.stringify([{ orderId: 'order-1' }, { orderId: 'order-2' }]);
  await redis().hset(keys.ordersRow(REF.symbol, 0), 'value', older);
  await tellOrders(redis(), anOrder({ status: 'Cancelled', updatedTimeMs: 3 }));
  expect(await heldIds(redis())).toEqual(['order-1', 'order-2']);
  expect((await check()).orders).toMatchObject({ vouched: false });
});
