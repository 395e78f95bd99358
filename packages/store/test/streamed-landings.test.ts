import { expect, test } from 'vitest';
import { accountKeys, landSymbol } from '../src/index.ts';
import { accept, anOrder, aPosition, nextMs, redisMs, REF, useRedis } from './account.ts';
import { beginRead, heldIds, heldRows, read, tellOrders, tellPosition, vouch } from './vouched.ts';

const redis = useRedis();

test('S-07 an order that ended does not reopen by a read that is behind, whatever the times of its row', async () => {
  await accept(redis(), REF);
  await read(redis());
  await tellOrders(redis(), anOrder({ status: 'Filled', updatedTimeMs: 3 }));
  await nextMs(redis());
  await read(redis(), { orders: [anOrder(), anOrder({ orderId: 'order-2' })] });
  expect(await heldIds(redis())).toEqual(['order-2']);
  await read(redis(), { orders: [anOrder({ updatedTimeMs: 9 })] });
  expect(await heldIds(redis())).toEqual([]);
});

test('a read never undoes a newer frame of what it lists', async () => {
  await accept(redis(), REF);
  await read(redis());
  const [order, position] = [anOrder({ updatedTimeMs: 5 }), aPosition({ seq: 9, size: 3n })];
  await tellOrders(redis(), order);
  await tellPosition(redis(), position);
  const later = { startMs: (await redisMs(redis())) + 5_000, positions: [aPosition({ seq: 8 })], orders: [anOrder()] };
  await read(redis(), later);
  expect(await heldRows(redis())).toEqual({ orders: [order], position });
});

test('a frame that came while a read was under way is not lost when the read lands', async () => {
  await accept(redis(), REF);
  const landNow = await beginRead(redis());
  await tellOrders(redis(), anOrder());
  await tellOrders(redis(), anOrder({ orderId: 'order-2', status: 'Cancelled', updatedTimeMs: 2 }));
  await tellPosition(redis(), aPosition());
  await landNow({ orders: [anOrder({ orderId: 'order-2' })] });
  expect(await heldRows(redis())).toEqual({ orders: [anOrder()], position: aPosition() });
});

test('what a frame tells of a place without a monitor, while a read is under way, is not lost either', async () => {
  const landNow = await beginRead(redis());
  await tellOrders(redis(), anOrder());
  await tellPosition(redis(), aPosition());
  await landNow({ places: [] });
  await accept(redis(), REF);
  expect(await heldRows(redis())).toEqual({ orders: [anOrder()], position: aPosition() });
});

test('a position that a frame tells is flat is not opened by an older row of a read, and is gone with a later listing', async () => {
  await accept(redis(), REF);
  await read(redis(), { positions: [aPosition()] });
  await tellPosition(redis(), aPosition({ side: undefined, size: 0n, seq: 8 }));
  await nextMs(redis());
  await read(redis(), { positions: [aPosition()] });
  expect((await heldRows(redis())).position).toMatchObject({ size: 0n });
  await read(redis(), { startMs: (await redisMs(redis())) + 1_000 });
  expect((await heldRows(redis())).position).toBeUndefined();
});

test('an open order that a later read does not list is gone', async () => {
  await accept(redis(), REF);
  await read(redis(), { orders: [anOrder()] });
  await tellOrders(redis(), anOrder({ updatedTimeMs: 3 }));
  await nextMs(redis());
  await read(redis());
  expect(await heldIds(redis())).toEqual([]);
});

test('a listing that lies a little behind does not undo what the stream that covers it has just told, and an old frame goes', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis());
  await tellOrders(redis(), anOrder());
  await tellPosition(redis(), aPosition());
  const atMs = await redisMs(redis());
  await read(redis(), { startMs: atMs + 400 });
  expect(await heldRows(redis())).toEqual({ orders: [anOrder()], position: aPosition() });
  await read(redis(), { startMs: atMs + 1_000 });
  expect(await heldRows(redis())).toEqual({ orders: [], position: undefined });
});

test('frames of an earlier session are no newer than a listing that began after them', async () => {
  await accept(redis(), REF);
  await vouch(redis(), 'session-1');
  await tellOrders(redis(), anOrder());
  await vouch(redis(), 'session-2');
  await nextMs(redis());
  await read(redis());
  expect(await heldIds(redis())).toEqual([]);
});

test('a read of one symbol takes its frames in as well', async () => {
  await accept(redis(), REF);
  await tellPosition(redis(), aPosition({ seq: 9 }));
  const landing = { flightId: 'a', startMs: await redisMs(redis()), epoch: 0, positions: [aPosition()], orders: [] };
  await landSymbol(redis(), REF.account, { ...landing, symbol: REF.symbol, idxs: [0] });
  expect((await heldRows(redis())).position).toEqual(aPosition({ seq: 9 }));
});

test('what a frame told more than a minute ago is dropped with the next landing, although others have come since', async () => {
  await accept(redis(), REF);
  const framesKey = accountKeys(REF.account).frames(REF.symbol, 0);
  await tellOrders(redis(), anOrder(), anOrder({ orderId: 'order-2' }));
  const frame: unknown = JSON.parse((await redis().hget(framesKey, 'order-1')) ?? '{}');
  await redis().hset(framesKey, 'order-1', JSON.stringify({ ...Object(frame), at: (await redisMs(redis())) - 60_001 }));
  await read(redis());
  expect(await redis().hkeys(framesKey)).toEqual(['order-2']);
});
