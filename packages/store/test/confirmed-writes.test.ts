import { decimal } from '@backstop/core';
import { expect, test } from 'vitest';
import {
  accountKeys,
  closeIntents,
  openIntents,
  readCheck,
  type Awaits,
  type CheckRead,
  type IntentClosing,
} from '../src/index.ts';
import { accept, anOrder, aPosition, nextMs, REF, useRedis } from './account.ts';
import { beginRead, read, tellOrders, tellPosition, vouch } from './vouched.ts';

const redis = useRedis();
const keys = accountKeys(REF.account);
const awaitedKey = keys.awaited(REF.symbol, 0);

async function check(): Promise<{ read: CheckRead; isDirty: boolean }> {
  const checked = await readCheck(redis(), REF, 'tp-sl', 'token');
  const { position, orders } = checked;
  if (position.kind !== 'row' || orders.kind !== 'row') throw new Error('no rows');
  return { read: checked, isDirty: position.dirty || orders.dirty };
}

const isDirty = async () => (await check()).isDirty;
const openIds = async () => (await check()).read.intents.map(({ id }) => id).toSorted();

/** A vouched account with one order and its position, and a check that may write. */
async function ready(): Promise<void> {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), { positions: [aPosition()], orders: [anOrder()] });
  await check();
}

async function write(awaits: Awaits | undefined, id = 'i1'): Promise<void> {
  const intents = [{ id, type: 'create', absolute: false, ...(awaits !== undefined && { awaits }) }] as const;
  const opened = await openIntents(redis(), { ref: REF, lane: 'tp-sl', token: 'token', intents });
  if (!opened.ok) throw new Error(opened.why);
}

const close = (outcome: Exclude<IntentClosing, string>['outcome'], id = 'i1') =>
  closeIntents(redis(), REF, [{ id, outcome }]);

const created = anOrder({ orderId: 'order-2', orderLinkId: 'new' });
const amended = anOrder({ qty: decimal('0.02'), price: decimal('71000'), updatedTimeMs: 3 });
const cancelled = anOrder({ status: 'Cancelled', updatedTimeMs: 3 });
const stop = anOrder({
  orderId: 'order-3',
  stopOrderType: 'StopLoss',
  triggerPrice: decimal('61000'),
  status: 'Untriggered',
});
const stopped = aPosition({ stopLoss: decimal('61000') });

const WRITES: readonly [string, Awaits, () => Promise<unknown>][] = [
  ['create', { type: 'create', orderLinkId: 'new' }, () => tellOrders(redis(), created)],
  [
    'create of what filled at once',
    { type: 'create', orderLinkId: 'new' },
    () => tellOrders(redis(), { ...created, status: 'Filled' }),
  ],
  [
    'amend',
    { type: 'amend', orderId: 'order-1', qty: decimal('0.02'), price: decimal('71000'), updated: 2 },
    () => tellOrders(redis(), amended),
  ],
  [
    'amend of what ended first',
    { type: 'amend', orderId: 'order-1', qty: decimal('0.02'), updated: 2 },
    () => tellOrders(redis(), anOrder({ status: 'Filled', updatedTimeMs: 3 })),
  ],
  ['cancel', { type: 'cancel', orderId: 'order-1' }, () => tellOrders(redis(), cancelled)],
  [
    'set-stop',
    { type: 'set-stop', triggerPrice: decimal('61000') },
    async () => {
      await tellPosition(redis(), stopped);
      await tellOrders(redis(), stop);
    },
  ],
];

test.each(WRITES)(
  'frames that come before the reply confirm it, and nothing is dirty: %s',
  async (_what, awaits, tell) => {
    await ready();
    await write(awaits);
    expect(await isDirty()).toBe(true);
    await tell();
    expect(await isDirty()).toBe(false);
    expect(await openIds()).toEqual([]);
    expect(await close('acknowledged')).toBe(0);
    expect(await isDirty()).toBe(false);
    expect(await redis().exists(awaitedKey)).toBe(0);
  },
);

test.each(WRITES)('frames that come after the reply confirm it: %s', async (_what, awaits, tell) => {
  await ready();
  await write(awaits);
  expect(await close('acknowledged')).toBe(1);
  expect(await isDirty()).toBe(true);
  await tell();
  expect(await isDirty()).toBe(false);
});

test('who is clean again is due now, and told', async () => {
  await ready();
  await write({ type: 'cancel', orderId: 'order-9' });
  const { woken } = await tellOrders(redis(), anOrder({ orderId: 'order-9', status: 'Cancelled' }));
  expect(woken).toEqual([{ ref: REF, lane: 'tp-sl' }]);
});

const NO_PROOF: readonly [string, Awaits, () => Promise<unknown>][] = [
  ['another order', { type: 'create', orderLinkId: 'new' }, () => tellOrders(redis(), anOrder({ updatedTimeMs: 3 }))],
  [
    'one of two values',
    { type: 'amend', orderId: 'order-1', qty: decimal('0.02'), price: decimal('71000'), updated: 2 },
    () => tellOrders(redis(), anOrder({ qty: decimal('0.02'), updatedTimeMs: 3 })),
  ],
  [
    'the values of before',
    { type: 'amend', orderId: 'order-1', qty: decimal('0.02'), updated: 3 },
    () => tellOrders(redis(), amended),
  ],
  ['an order that works', { type: 'cancel', orderId: 'order-1' }, () => tellOrders(redis(), amended)],
  [
    'the stop in the position alone',
    { type: 'set-stop', triggerPrice: decimal('61000') },
    () => tellPosition(redis(), stopped),
  ],
  [
    'the stop in its order alone',
    { type: 'set-stop', triggerPrice: decimal('61000') },
    () => tellOrders(redis(), stop),
  ],
  [
    'an order of the position that is no stop',
    { type: 'set-stop', triggerPrice: decimal('61000') },
    async () => {
      await tellPosition(redis(), stopped);
      await tellOrders(redis(), { ...stop, stopOrderType: 'TakeProfit' });
    },
  ],
  ['what only a read shows', { type: 'read' }, () => tellOrders(redis(), created, amended)],
];

test.each(NO_PROOF)('frames that prove less than all of it leave its rows dirty: %s', async (_what, awaits, tell) => {
  await ready();
  await write(awaits);
  await tell();
  expect(await openIds()).toEqual(['i1']);
  await close('acknowledged');
  expect(await isDirty()).toBe(true);
  await nextMs(redis());
  await read(redis(), { positions: [aPosition()], orders: [anOrder()] });
  expect(await isDirty()).toBe(false);
});

test('rows are dirty until all that is awaited of them is shown', async () => {
  await ready();
  await write({ type: 'create', orderLinkId: 'new' }, 'i1');
  await write({ type: 'cancel', orderId: 'order-1' }, 'i2');
  await tellOrders(redis(), created);
  expect(await openIds()).toEqual(['i2']);
  expect(await isDirty()).toBe(true);
  await tellOrders(redis(), cancelled);
  expect(await isDirty()).toBe(false);
});

test('what was refused is shown by a read only, whatever frames come', async () => {
  await ready();
  await write({ type: 'create', orderLinkId: 'new' }, 'i1');
  await close('refused', 'i1');
  await tellOrders(redis(), created);
  await write({ type: 'cancel', orderId: 'order-1' }, 'i2');
  await tellOrders(redis(), cancelled);
  expect(await isDirty()).toBe(true);
});

test('what was never sent is awaited no more, and its rows are dirty until something shows them', async () => {
  await ready();
  await write({ type: 'create', orderLinkId: 'new' }, 'i1');
  await close('not-sent', 'i1');
  expect(await isDirty()).toBe(true);
  await write({ type: 'cancel', orderId: 'order-1' }, 'i2');
  await tellOrders(redis(), cancelled);
  expect(await isDirty()).toBe(false);
});

test('S-25 an unknown outcome is settled by the frame that proves it', async () => {
  await ready();
  await write({ type: 'create', orderLinkId: 'new' });
  await redis().hset(keys.stream, 'until', 9e15); // whoever sent it has died, and its deadline passes
  await tellOrders(redis(), created);
  expect(await openIds()).toEqual([]);
  expect(await isDirty()).toBe(false);
});

test('a read that began before the reply and landed before it does not stand for the outcome', async () => {
  await ready();
  await write({ type: 'create', orderLinkId: 'new' });
  await nextMs(redis());
  await read(redis(), { positions: [aPosition()], orders: [anOrder()] });
  await close('acknowledged');
  expect(await isDirty()).toBe(true);
  await tellOrders(redis(), created);
  expect(await isDirty()).toBe(false);
});

test('a read that began after the reply shows the outcome: no frame is awaited any more', async () => {
  await ready();
  await write({ type: 'create', orderLinkId: 'new' });
  await close('acknowledged');
  await nextMs(redis());
  await read(redis(), { orders: [anOrder(), created] });
  expect(await isDirty()).toBe(false);
  expect(await redis().exists(awaitedKey)).toBe(0);
});

test('a read of before the write that lands after its frame leaves the rows dirty, with what the frame told', async () => {
  await ready();
  const landNow = await beginRead(redis());
  await write({ type: 'create', orderLinkId: 'new' });
  await tellOrders(redis(), created);
  await landNow({ positions: [aPosition()], orders: [anOrder()] });
  const { read: after, isDirty: dirty } = await check();
  expect(dirty).toBe(true);
  expect(after.orders).toMatchObject({ value: [{ orderId: 'order-1' }, { orderId: 'order-2' }] });
});

test.each([{ synced: '0' }, { until: 1 }, { session: 'session-2' }])(
  'without a stream that vouches for the rows only a read shows the outcome: %o',
  async (fields) => {
    await ready();
    await write({ type: 'create', orderLinkId: 'new' });
    await redis().hset(keys.stream, fields);
    await tellOrders(redis(), created);
    await close('acknowledged');
    expect(await isDirty()).toBe(true);
  },
);

test('an intent that says nothing of what it awaits, and a closing by its id alone, are shown by a read', async () => {
  await ready();
  await write(undefined, 'i1');
  await tellOrders(redis(), created);
  expect(await closeIntents(redis(), REF, ['i1'])).toBe(1);
  await tellOrders(redis(), amended);
  expect(await isDirty()).toBe(true);
});

test('what was awaited and forgotten is shown by a read', async () => {
  await ready();
  await write({ type: 'create', orderLinkId: 'new' });
  await redis().del(awaitedKey);
  expect(await close('acknowledged')).toBe(1);
  await tellOrders(redis(), created);
  expect(await isDirty()).toBe(true);
});

test('a frame that shows a write makes clean what only a listing spoke for', async () => {
  await accept(redis(), REF);
  await vouch(redis());
  await read(redis(), { places: [] });
  await check();
  await write({ type: 'create', orderLinkId: 'new' });
  await tellOrders(redis(), created);
  expect(await isDirty()).toBe(false);
  expect((await check()).read.position).toMatchObject({ value: undefined, vouched: true });
});
