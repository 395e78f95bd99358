import { readdir, readFile } from 'node:fs/promises';
import { decimal, type OrderSpec } from '@backstop/core';
import { expect, test } from 'vitest';
import { bybit, type BybitAccount } from '../src/index.ts';
import { free, lostFence, watched, type Watched } from './connect.ts';
import { type Answer, CREDENTIALS, ok, refusal, WireServer } from './wire-server.ts';

function connect(baseUrl: string): BybitAccount & { hooks: Watched } {
  const hooks = watched();
  return { ...bybit({ account: 'main', credentials: CREDENTIALS, baseUrl, hooks }), hooks };
}

const ENTRY: OrderSpec = {
  symbol: 'ALICEUSDT',
  positionIdx: 1,
  orderLinkId: 'bs-abcabcdefghijkl-e2-0-0',
  side: 'Buy',
  orderType: 'Limit',
  qty: decimal('0.0000010'),
  price: decimal('0.4290'),
  timeInForce: 'GTC',
  reduceOnly: false,
  closeOnTrigger: false,
  stopLoss: decimal('0.4'),
  slTriggerBy: 'MarkPrice',
};

const EXIT: OrderSpec = {
  symbol: 'ALICEUSDT',
  positionIdx: 0,
  orderLinkId: 'bs-abcabcdefghijkl-x-0-0',
  side: 'Sell',
  orderType: 'Market',
  qty: 0n,
  timeInForce: 'IOC',
  reduceOnly: true,
  closeOnTrigger: true,
};

const accepted: Answer = () => ok({ orderId: 'o-1', orderLinkId: '' });

/** A batch reply: one code for each item asked. */
function batch(codes: readonly number[]): Answer {
  return () =>
    ok(
      { list: codes.map((code, index) => ({ orderId: code === 0 ? `o-${index}` : '', orderLinkId: '' })) },
      { list: codes.map((code) => ({ code, msg: code === 0 ? 'OK' : 'no' })) },
    );
}

test('an entry is created with plain numbers, its position index and its attached stop', async () => {
  await using server = await WireServer.start(accepted);
  const account = connect(server.url);
  expect(await account.createOrders([ENTRY], free())).toEqual([{ ok: true, orderId: 'o-1' }]);
  expect(server.received[0]?.path).toBe('/v5/order/create');
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
    category: 'linear',
    symbol: 'ALICEUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.000001',
    price: '0.429',
    timeInForce: 'GTC',
    positionIdx: 1,
    orderLinkId: 'bs-abcabcdefghijkl-e2-0-0',
    reduceOnly: false,
    closeOnTrigger: false,
    smpType: 'None',
    stopLoss: '0.4',
    tpslMode: 'Full',
    slTriggerBy: 'MarkPrice',
  });
  expect(account.hooks.admitted).toEqual([{ endpoint: 'order-create', cost: 1 }]);
});

test('an exit of the whole position has quantity 0 and neither price nor stop', async () => {
  await using server = await WireServer.start(accepted);
  await connect(server.url).createOrders([EXIT], free());
  const body: object = JSON.parse(server.received[0]?.body ?? '');
  expect(body).toMatchObject({ qty: '0', reduceOnly: true, closeOnTrigger: true, positionIdx: 0 });
  expect(Object.keys(body)).not.toContain('price');
  expect(Object.keys(body)).not.toContain('stopLoss');
});

test('several orders are one batch, which costs as many as it holds and answers each by itself', async () => {
  await using server = await WireServer.start(batch([0, 110072, 0, 10006]));
  const account = connect(server.url);
  const replies = await account.createOrders([ENTRY, ENTRY, EXIT, ENTRY], free());
  expect(replies).toMatchObject([
    { ok: true, orderId: 'o-0' },
    { ok: false, error: { reason: 'duplicate-link-id', code: 110072 } },
    { ok: true, orderId: 'o-2' },
    { ok: false, error: { reason: 'rate-limited', code: 10006 } },
  ]);
  expect(server.received[0]?.path).toBe('/v5/order/create-batch');
  expect(account.hooks.admitted).toEqual([{ endpoint: 'order-create-batch', cost: 4 }]);
  expect(account.hooks.reports.length).toBe(1);
});

test('an amend names only what changes', async () => {
  await using server = await WireServer.start(accepted);
  await connect(server.url).amendOrders([{ symbol: 'ALICEUSDT', orderId: 'o-1', qty: decimal('2') }], free());
  expect(server.received[0]?.path).toBe('/v5/order/amend');
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
    category: 'linear',
    symbol: 'ALICEUSDT',
    orderId: 'o-1',
    qty: '2',
  });
});

test('amends and cancels have batches of their own', async () => {
  await using server = await WireServer.start(batch([0, 110001]));
  const account = connect(server.url);
  const two = ['o-1', 'o-2'].map((orderId) => ({ symbol: 'ALICEUSDT', orderId }));
  const amended = two.map((order) => ({ ...order, price: decimal('1'), stopLoss: decimal('0.5') }));
  const gone = { ok: false, error: { reason: 'unknown-order' } };
  expect(await account.amendOrders(amended, free())).toMatchObject([{ ok: true }, gone]);
  expect(await account.cancelOrders(two, free())).toMatchObject([{ ok: true }, gone]);
  expect(server.received.map(({ path }) => path)).toEqual(['/v5/order/amend-batch', '/v5/order/cancel-batch']);
  expect(JSON.parse(server.received[1]?.body ?? '')).toEqual({ category: 'linear', request: two });
});

test('a batch that is refused as a whole gives each item the same error', async () => {
  await using server = await WireServer.start(() => refusal(10002, 'timestamp'));
  const [first, second] = await connect(server.url).createOrders([ENTRY, EXIT], free());
  expect(first).toMatchObject({ ok: false, error: { reason: 'clock' } });
  expect(second).toEqual(first);
});

test.each([
  ['no lists', ok({})],
  ['a result missing', ok({ list: [{ orderId: 'o-0' }] }, { list: [{ code: 0 }, { code: 0 }] })],
  ['a code missing', ok({ list: [{ orderId: 'o-0' }, { orderId: 'o-1' }] }, { list: [{ code: 0 }] })],
])('a batch reply with %s is unknown for every item', async (_name, envelope) => {
  await using server = await WireServer.start(() => envelope);
  const replies = await connect(server.url).createOrders([ENTRY, EXIT], free());
  expect(replies).toMatchObject([{ error: { reason: 'unknown' } }, { error: { reason: 'unknown' } }]);
});

test('an acknowledgement that names no order is unknown', async () => {
  await using server = await WireServer.start(() => ok({ orderId: '' }));
  expect(await connect(server.url).createOrders([ENTRY], free())).toMatchObject([{ error: { reason: 'unknown' } }]);
});

test('nothing to write sends nothing, and neither does a batch above 20', async () => {
  await using server = await WireServer.start(accepted);
  const account = connect(server.url);
  expect(await account.createOrders([], free())).toEqual([]);
  const replies = await account.createOrders(
    Array.from({ length: 21 }, () => ENTRY),
    free(),
  );
  expect(new Set(replies.map((reply) => reply.ok || reply.error.reason))).toEqual(new Set(['not-sent']));
  expect(server.received).toEqual([]);
});

test('a fence that is lost resolves each order as not-sent', async () => {
  await using server = await WireServer.start(accepted);
  const replies = await connect(server.url).createOrders([ENTRY, EXIT], { ...free(), beforeSend: lostFence });
  expect(replies).toMatchObject([{ error: { reason: 'not-sent' } }, { error: { reason: 'not-sent' } }]);
  expect(server.received).toEqual([]);
});

test('a stop is set in Full mode on its position index, and nothing else is named', async () => {
  await using server = await WireServer.start(() => ok({}));
  const account = connect(server.url);
  const stop = { symbol: 'ALICEUSDT', positionIdx: 2, triggerPrice: decimal('0.50'), triggerBy: 'IndexPrice' } as const;
  expect(await account.setStop(stop, free())).toEqual({ ok: true, orderId: '' });
  expect(server.received[0]?.path).toBe('/v5/position/trading-stop');
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
    category: 'linear',
    symbol: 'ALICEUSDT',
    tpslMode: 'Full',
    stopLoss: '0.5',
    slTriggerBy: 'IndexPrice',
    positionIdx: 2,
  });
});

test('S-10 a trailing stop is armed together with the stop, which is always named', async () => {
  await using server = await WireServer.start(() => ok({}));
  const account = connect(server.url);
  const stop = { symbol: 'ALICEUSDT', positionIdx: 0, triggerPrice: decimal('0.5'), triggerBy: 'LastPrice' } as const;
  await account.setStop({ ...stop, trailing: { distance: decimal('0.0200') } }, free());
  await account.setStop({ ...stop, trailing: { distance: decimal('0.02'), activePrice: decimal('0.60') } }, free());
  const asked = { category: 'linear', symbol: 'ALICEUSDT', tpslMode: 'Full', slTriggerBy: 'LastPrice', positionIdx: 0 };
  expect(server.received.map(({ body }) => JSON.parse(body ?? '') as unknown)).toEqual([
    { ...asked, stopLoss: '0.5', trailingStop: '0.02' },
    { ...asked, stopLoss: '0.5', trailingStop: '0.02', activePrice: '0.6' },
  ]);
});

test('a stop that already stands, or has no position, says so', async () => {
  const answers = [refusal(34040, 'not modified'), refusal(10001, 'can not set tp/sl/ts for zero position')];
  await using server = await WireServer.start(() => answers.shift());
  const account = connect(server.url);
  const stop = { symbol: 'ALICEUSDT', positionIdx: 0, triggerPrice: decimal('1'), triggerBy: 'LastPrice' } as const;
  expect(await account.setStop(stop, free())).toMatchObject({ error: { reason: 'not-modified' } });
  expect(await account.setStop(stop, free())).toMatchObject({ error: { reason: 'no-position' } });
});

test('a write timeout below recv_window + 2 s is refused', () => {
  const options = { account: 'main', credentials: CREDENTIALS, baseUrl: 'http://127.0.0.1:1', hooks: watched() };
  expect(() => bybit({ ...options, writeTimeoutMs: 3_999 })).toThrow(RangeError);
});

test('nothing in this package cancels everything, or changes mode or leverage', async () => {
  const folder = new URL('../src/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  expect(files.length).toBeGreaterThan(10);
  expect(sources.join('\n')).not.toMatch(/cancel-?all|switch-?(position-?)?mode|set-?leverage|set-?margin-?mode/i);
});
