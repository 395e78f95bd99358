import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import { capture, kinds } from './capture.ts';
import { authFrame, connect, privateSocket } from './socket.ts';
import type { Frame, Socket } from './socket.ts';

async function tradeSocket(url: string): Promise<Socket> {
  const socket = await connect(url, '/v5/trade');
  const answer = await socket.ask(authFrame());
  expect(answer).toMatchObject({ retCode: 0, retMsg: 'OK', op: 'auth' });
  return socket;
}

let count = 0;

/** Sends a trade request and waits for the reply that names its id. */
async function request(socket: Socket, op: string, arg: unknown, twist: object = {}): Promise<Frame> {
  count += 1;
  const reqId = `trade-${count}`;
  const header = { 'X-BAPI-TIMESTAMP': String(Date.now()), 'X-BAPI-RECV-WINDOW': '5000' };
  socket.send({ reqId, header, op, args: [arg], ...twist });
  return socket.until((frame) => frame['reqId'] === reqId);
}

const limitOrder = (fields: object = {}): object => order({ orderType: 'Limit', price: '90', ...fields });

describe('an authenticated trade connection', () => {
  test('answers a create in the form of the capture, and the order is there', async () => {
    await using venue = await exchange({ limits: 'real' });
    using socket = await tradeSocket(venue.url);
    const reply = await request(socket, 'order.create', limitOrder({ orderLinkId: 'mine' }));
    const [real = {}] = capture('ws-trade-ack');
    expect(Object.keys(reply)).toEqual(Object.keys(real));
    const header = kinds(Object(reply['header']));
    expect(Object.entries(header)).toEqual(Object.entries(kinds(Object(real['header']))));
    expect(reply).toMatchObject({ retCode: 0, op: 'order.create', retExtInfo: {}, data: { orderLinkId: 'mine' } });
    expect(reply['header']).toMatchObject({ 'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '9' });
    const { list = [] } = (await venue.get('order/realtime', { category: 'linear', symbol: SYMBOL })).body.result;
    expect(list).toMatchObject([{ orderLinkId: 'mine', orderStatus: 'New' }]);
  });

  test('amends and cancels, singly and in batches with an outcome for each order', async () => {
    await using venue = await exchange();
    using socket = await tradeSocket(venue.url);
    const ref = { category: 'linear', symbol: SYMBOL, orderLinkId: 'a' };
    await request(socket, 'order.create', limitOrder({ orderLinkId: 'a' }));
    expect(await request(socket, 'order.amend', { ...ref, price: '91' })).toMatchObject({ retCode: 0 });
    expect(await request(socket, 'order.cancel', ref)).toMatchObject({ retCode: 0 });
    expect(await request(socket, 'order.cancel', ref)).toMatchObject({ retCode: 110001, op: 'order.cancel', data: {} });
    const { category: _category, ...item } = { category: '', ...limitOrder() };
    const many = { category: 'linear', request: [item, { ...item, qty: '0' }] };
    const batch = await request(socket, 'order.create-batch', many);
    expect(batch).toMatchObject({ retCode: 0, retExtInfo: { list: [{ code: 0 }, { code: 10001 }] } });
    expect(batch['data']).toMatchObject({ list: [{ symbol: SYMBOL }, { orderId: '' }] });
  });

  test('shares the limits of REST and tells them in its header', async () => {
    await using venue = await exchange({ limits: 'real' });
    using socket = await tradeSocket(venue.url);
    for (let index = 0; index < 6; index += 1) await venue.post('order/create', limitOrder());
    const codes: unknown[] = [];
    for (let index = 0; index < 5; index += 1) {
      codes.push((await request(socket, 'order.create', limitOrder()))['retCode']);
    }
    expect(codes).toEqual([0, 0, 0, 0, 10006]);
  });

  test('has limits of its own for single orders when the option says so', async () => {
    await using venue = await exchange({ limits: 'real' });
    await venue.sim('POST', 'options', { streams: { tradeSharesLimits: false } });
    using socket = await tradeSocket(venue.url);
    for (let index = 0; index < 10; index += 1) await venue.post('order/create', limitOrder());
    const [one, rest] = await Promise.all([
      request(socket, 'order.create', limitOrder()),
      venue.post('order/create', limitOrder()),
    ]);
    expect([one['retCode'], rest.body.retCode]).toEqual([0, 10006]);
  });

  test.each([
    ['an id that was used', { reqId: 'twice' }, 'order.create', 20006],
    ['an id of more than 36 characters', { reqId: 'x'.repeat(37) }, 'order.create', 10001],
    ['an unknown operation', {}, 'order.dance', 10404],
    ['an operation named like a method', {}, 'constructor', 10404],
    ['a time outside the window', { header: { 'X-BAPI-TIMESTAMP': '1' } }, 'order.create', 10002],
    ['a request without a header', { header: undefined }, 'order.create', 10002],
    ['more than one element', { args: [limitOrder(), limitOrder()] }, 'order.create', 10001],
    ['another category', { args: [limitOrder({ category: 'spot' })] }, 'order.create', 10404],
    ['a bad quantity', { args: [limitOrder({ qty: 'ten' })] }, 'order.create', 10001],
    ['no arguments', { args: 7 }, 'order.create', 10001],
  ])('refuses %s', async (_title, twist, op, retCode) => {
    await using venue = await exchange();
    using socket = await tradeSocket(venue.url);
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) };
    const frame = { reqId: 'once', header, op, args: [limitOrder()] };
    socket.send({ ...frame, reqId: 'twice' });
    await socket.until(({ reqId }) => reqId === 'twice');
    socket.send({ ...frame, ...twist });
    const [, , reply] = await socket.until(() => socket.frames.length > 2).then(() => socket.frames);
    expect(reply).toMatchObject({ retCode, op, data: {} });
  });

  test('echoes an id of the type that was sent, and none when none was', async () => {
    await using venue = await exchange();
    using socket = await tradeSocket(venue.url);
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) };
    socket.send({ reqId: 12, header, op: 'order.create', args: [limitOrder()] });
    expect(await socket.until(({ reqId }) => reqId === 12)).toMatchObject({ retCode: 0 });
    socket.send({ header, op: 'order.create', args: [limitOrder()] });
    const reply = await socket.until(({ op, reqId }) => op === 'order.create' && reqId !== 12);
    expect(reply).not.toHaveProperty('reqId');
    socket.send({ op: 'ping' });
    const pong = await socket.until(({ op }) => op === 'pong');
    expect(Object.keys(pong)).toEqual(['retCode', 'retMsg', 'op', 'data', 'connId']);
  });
});

test('a trade connection has to authenticate first, and only once', async () => {
  await using venue = await exchange();
  using socket = await connect(venue.url, '/v5/trade');
  expect(await request(socket, 'order.create', limitOrder())).toMatchObject({ retCode: 10004 });
  expect(await socket.ask(authFrame({ secret: 'wrong' }))).toMatchObject({ retCode: 10004, op: 'auth' });
  expect(await socket.ask(authFrame({ expires: 1 }))).toMatchObject({ retCode: 10001, op: 'auth' });
  const answer = await socket.ask(authFrame());
  expect(Object.keys(answer)).toEqual(['reqId', 'retCode', 'retMsg', 'op', 'connId']);
  expect(await socket.ask(authFrame())).toMatchObject({ retCode: 20001, op: 'auth' });
  expect(await request(socket, 'order.create', limitOrder())).toMatchObject({ retCode: 0 });
});

test('more sessions than a UID may have are refused with 10003, on private streams in words', async () => {
  await using venue = await exchange();
  await venue.sim('POST', 'options', { streams: { sessionsPerUid: 1 } });
  using first = await tradeSocket(venue.url);
  using second = await connect(venue.url, '/v5/trade');
  expect(await second.ask(authFrame())).toMatchObject({ retCode: 10003 });
  expect(await first.ask({ op: 'ping' })).toMatchObject({ op: 'pong' });
  using heard = await privateSocket(venue.url, 'order');
  expect(await heard.ask({ op: 'ping' })).toMatchObject({ op: 'pong' });
  using deaf = await connect(venue.url, '/v5/private');
  expect(await deaf.ask(authFrame())).toMatchObject({
    success: false,
    ret_msg: 'Too many sessions under the same UID',
  });
});

test('too many requests of a session are 20003, of an address 10403', async () => {
  await using venue = await exchange({ limits: 'real' });
  await venue.sim('POST', 'options', { streams: { tradePerSession: 2, tradePerAddress: 3 } });
  using one = await tradeSocket(venue.url);
  using other = await tradeSocket(venue.url);
  const codes: unknown[] = [];
  for (const socket of [one, one, one, other, other]) {
    codes.push((await request(socket, 'order.create', limitOrder()))['retCode']);
  }
  expect(codes).toEqual([0, 0, 20003, 10403, 10403]);
});

describe('under a fault', () => {
  test('a restarting service answers 10019 and does nothing', async () => {
    await using venue = await exchange();
    using socket = await tradeSocket(venue.url);
    await venue.sim('POST', 'faults', { faults: [{ kind: 'restarting', endpoint: 'ws/order/create' }] });
    expect(await request(socket, 'order.create', limitOrder())).toMatchObject({ retCode: 10019 });
    const { list } = (await venue.get('order/realtime', { category: 'linear', symbol: SYMBOL })).body.result;
    expect(list).toEqual([]);
  });

  test('an overloaded one answers 10016', async () => {
    await using venue = await exchange();
    using socket = await tradeSocket(venue.url);
    await venue.sim('POST', 'faults', { faults: [{ kind: 'server-error', endpoint: 'order/create' }] });
    expect(await request(socket, 'order.create', limitOrder())).toMatchObject({ retCode: 10016 });
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])('a reply that is lost %s the effect cuts the connection', async (when, orders) => {
    await using venue = await exchange();
    using socket = await tradeSocket(venue.url);
    await venue.sim('POST', 'faults', { faults: [{ kind: `reply-lost-${when}`, endpoint: 'ws/order/create' }] });
    socket.send({
      header: { 'X-BAPI-TIMESTAMP': String(Date.now()) },
      op: 'order.create',
      args: [limitOrder()],
    });
    expect(await socket.closed).toBe(1006);
    const { list } = (await venue.get('order/realtime', { category: 'linear', symbol: SYMBOL })).body.result;
    expect(list).toHaveLength(orders);
  });
});

test('trade requests are counted by account, endpoint and outcome', async () => {
  await using venue = await exchange();
  using socket = await tradeSocket(venue.url);
  await request(socket, 'order.create', limitOrder());
  await request(socket, 'order.create', limitOrder({ qty: '-1' }));
  const { requests } = (await venue.sim('GET', 'truth')).body;
  expect(requests).toEqual(
    expect.arrayContaining([
      { account: 'main', endpoint: 'ws/order/create', outcome: 'ok', count: 1 },
      { account: 'main', endpoint: 'ws/order/create', outcome: '10001', count: 1 },
    ]),
  );
});
