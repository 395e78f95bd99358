import { decimal, type Execution, type OrderRow, type PositionRow } from '@backstop/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bybit, type BybitAccount, publicBybit } from '../src/index.ts';
import { anyExecution, anyOrder, anyPosition } from './arbitraries.ts';
import { free, watched, type Watched } from './connect.ts';
import { type Answer, CREDENTIALS, ok, refusal, WireServer } from './wire-server.ts';
import { wireExecution, wireInstrument, wireOrder, wirePosition } from './wire-rows.ts';

const DAY_MS = 24 * 3_600_000;

function connect(baseUrl: string, nowMs = Date.now): BybitAccount & { hooks: Watched } {
  const hooks = watched();
  return { ...bybit({ account: 'main', credentials: CREDENTIALS, baseUrl, hooks, nowMs }), hooks };
}

function some<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: 7 });
}

function positions(count: number): PositionRow[] {
  return some(anyPosition, count).map((row, index) => ({ ...row, symbol: `S${index}USDT` }));
}

/** Pages as the exchange gives them: a cursor with characters to escape, and not empty on the last page. */
function paged(rows: readonly object[]): Answer {
  return ({ query }) => {
    const limit = Number(query.get('limit') ?? '20');
    const start = Number((query.get('cursor') ?? 'at%2C0').split('%2C')[1]);
    return ok({ list: rows.slice(start, start + limit), nextPageCursor: `at%2C${start + limit}` });
  };
}

test('positions of all symbols come from every page, and the first short page ends them', async () => {
  const rows = positions(450);
  await using server = await WireServer.start(paged(rows.map(wirePosition)));
  const account = connect(server.url);
  expect(await account.positions({}, free())).toEqual(rows);
  expect(server.received.map(({ query }) => Object.fromEntries(query))).toMatchObject([
    { category: 'linear', settleCoin: 'USDT', limit: '200' },
    { cursor: 'at%2C200' },
    { cursor: 'at%2C400' },
  ]);
  expect(account.hooks.admitted).toEqual(Array.from({ length: 3 }, () => ({ endpoint: 'position-list', cost: 1 })));
  expect(account.hooks.reports.length).toBe(3);
  account.close();
});

test('positions of one symbol are asked for by symbol', async () => {
  await using server = await WireServer.start(paged(positions(2).map(wirePosition)));
  await connect(server.url).positions({ symbol: 'ALICEUSDT' }, free());
  expect(server.received[0]?.query.get('symbol')).toBe('ALICEUSDT');
  expect(server.received[0]?.query.has('settleCoin')).toBe(false);
});

test('a failing page rejects the whole listing', async () => {
  const pages = paged(positions(300).map(wirePosition));
  await using server = await WireServer.start((request, response) =>
    request.query.has('cursor') ? refusal(10016, 'System error') : pages(request, response),
  );
  await expect(connect(server.url).positions({}, free())).rejects.toMatchObject({ reason: 'unavailable', code: 10016 });
});

test('a row that cannot be read rejects the listing and is named', async () => {
  const [first, second] = positions(2).map(wirePosition);
  await using server = await WireServer.start(() => ok({ list: [first, { ...second, size: '1e5' }] }));
  await expect(connect(server.url).positions({}, free())).rejects.toMatchObject({
    reason: 'rejected',
    message: 'cannot read position/list (1 faults): S1USDT size: not a decimal number',
  });
});

test('a reply without a list is no empty list', async () => {
  await using server = await WireServer.start(() => ok({}));
  await expect(connect(server.url).positions({}, free())).rejects.toMatchObject({ reason: 'rejected' });
});

test('a row that moves between two pages is listed once, as read last', async () => {
  const orders = some(anyOrder, 60);
  const moved: OrderRow = { ...(orders[0] ?? neverEmpty()), status: 'PartiallyFilled' };
  const pages = paged(orders.map(wireOrder));
  await using server = await WireServer.start((request, response) =>
    request.query.has('cursor') ? ok({ list: [wireOrder(moved)], nextPageCursor: 'x' }) : pages(request, response),
  );
  const listed = await connect(server.url).openOrders({}, free());
  expect(listed.length).toBe(50);
  expect(listed[0]).toEqual(moved);
});

test('a listing whose pages never end is refused', async () => {
  const [row] = positions(1).map(wirePosition);
  await using server = await WireServer.start(() =>
    ok({ list: Array.from({ length: 50 }, () => row), nextPageCursor: 'same' }),
  );
  const account = connect(server.url);
  await expect(account.openOrders({}, free())).rejects.toMatchObject({ reason: 'rejected' });
});

test('open orders are listed by 50, by symbol and kind when asked', async () => {
  const orders = some(anyOrder, 120);
  await using server = await WireServer.start(paged(orders.map(wireOrder)));
  const account = connect(server.url);
  expect(await account.openOrders({}, free())).toEqual(orders);
  expect(server.received.length).toBe(3);
  await account.openOrders({ symbol: 'BTCUSDT', filter: 'StopOrder' }, free());
  expect(Object.fromEntries(server.received[3]?.query ?? [])).toEqual({
    category: 'linear',
    symbol: 'BTCUSDT',
    orderFilter: 'StopOrder',
    limit: '50',
  });
});

test('an order is looked up in the recent list and then in the history', async () => {
  const [order = neverEmpty()] = some(anyOrder, 1).map((row) => ({ ...row, orderLinkId: 'bs-1', status: 'Filled' }));
  const holders = new Set(['/v5/order/realtime', '/v5/order/history']);
  await using server = await WireServer.start(({ path }) => ok({ list: holders.has(path) ? [wireOrder(order)] : [] }));
  const account = connect(server.url);
  const find = (): Promise<OrderRow | undefined> =>
    account.findOrder({ symbol: order.symbol, orderLinkId: 'bs-1' }, free());

  expect(await find()).toEqual(order);
  holders.delete('/v5/order/realtime');
  expect(await find()).toEqual(order);
  holders.clear();
  expect(await find()).toBeUndefined();
  expect(account.hooks.admitted.map(({ endpoint }) => endpoint)).toEqual([
    'order-realtime',
    'order-realtime',
    'order-history',
    'order-realtime',
    'order-history',
  ]);
});

test('an order is not absent when a look-up fails', async () => {
  await using server = await WireServer.start(({ path }) =>
    path === '/v5/order/realtime' ? ok({ list: [] }) : refusal(10016, 'restarting'),
  );
  const look = connect(server.url).findOrder({ symbol: 'BTCUSDT', orderLinkId: 'bs-1' }, free());
  await expect(look).rejects.toMatchObject({ reason: 'unavailable' });
});

test('executions come oldest first, once each, over windows of at most 7 days', async () => {
  const sinceMs = 1_700_000_000_000;
  const nowMs = sinceMs + 16 * DAY_MS;
  const rows: Execution[] = some(anyExecution, 257).map((row, index) => ({
    ...row,
    seq: index,
    timeMs: sinceMs + (index * DAY_MS) / 16, // every 16th is the border of a day: two of them lie on both of two windows
  }));
  await using server = await WireServer.start((request, response) => {
    const from = Number(request.query.get('startTime'));
    const until = Number(request.query.get('endTime'));
    expect(until - from).toBeLessThanOrEqual(7 * DAY_MS);
    const within = rows.filter(({ timeMs }) => timeMs >= from && timeMs <= until).toReversed();
    return paged(within.map(wireExecution))(request, response);
  });
  const account = connect(server.url, () => nowMs);
  expect(await account.executions({ sinceMs }, free())).toEqual(rows);
});

test('instruments are the listed ones and those that are being delivered', async () => {
  const rules = {
    symbol: 'AUSDT',
    status: 'Trading',
    tickSize: decimal('0.1'),
    qtyStep: decimal('1'),
    minOrderQty: decimal('1'),
    maxOrderQty: decimal('100'),
    maxMktOrderQty: decimal('50'),
    minNotionalValue: decimal('5'),
    deliveryTimeMs: 0,
  };
  const delisted = { ...rules, symbol: 'BUSDT', status: 'Delivering', deliveryTimeMs: 1_800_000_000_000 };
  const listed = [wireInstrument(rules), wireInstrument({ ...rules, symbol: 'CPERP' }, { settleCoin: 'USDC' })];
  await using server = await WireServer.start(({ query }) =>
    ok({ list: query.get('status') === 'Trading' ? listed : [wireInstrument(delisted)], nextPageCursor: '' }),
  );
  const instruments = await connect(server.url).instruments(free());
  expect([...instruments.values()]).toEqual([rules, delisted]);
  expect(server.received.map(({ query }) => query.get('limit'))).toEqual(['1000', '1000']);
});

test('a full page without a cursor is the last one', async () => {
  const rows = positions(200).map(wirePosition);
  await using server = await WireServer.start(() => ok({ list: rows, nextPageCursor: '' }));
  expect((await connect(server.url).positions({}, free())).length).toBe(200);
  expect(server.received.length).toBe(1);
});

test('the public reader needs no account, is unsigned, and tells a failure from what was not sent', async () => {
  const hooks = watched();
  const answers: Answer[] = [() => ok({ list: [] }), () => refusal(10016, 'restarting')];
  await using server = await WireServer.start((request, response) => {
    const answer = answers.shift();
    return answer === undefined ? void response.writeHead(502).end() : answer(request, response);
  });
  const reader = publicBybit({ baseUrl: server.url, hooks });
  expect(await reader.tickers(free())).toEqual(new Map());
  await expect(reader.tickers(free())).rejects.toMatchObject({ reason: 'unavailable' });
  await expect(reader.tickers(free())).rejects.toMatchObject({ reason: 'unavailable' });
  expect(hooks.reports.map(({ account, outcome }) => `${account} ${outcome}`)).toEqual([
    'public ok',
    'public 10016',
    'public http-502',
  ]);
  reader.close();
});

test('tickers are one request, and a symbol without prices is absent', async () => {
  const list = [
    { symbol: 'AUSDT', lastPrice: '1.5', markPrice: '1.6', indexPrice: '1.7' },
    { symbol: 'NEWUSDT', lastPrice: '', markPrice: '', indexPrice: '' },
  ];
  await using server = await WireServer.start(() => ok({ list }));
  const tickers = await connect(server.url).tickers(free());
  expect([...tickers]).toEqual([['AUSDT', { last: decimal('1.5'), mark: decimal('1.6'), index: decimal('1.7') }]]);
  expect(server.received.length).toBe(1);
});

test('the taker rate is the one of the symbol', async () => {
  await using server = await WireServer.start(() => ok({ list: [{ symbol: 'AUSDT', takerFeeRate: '0.00055' }] }));
  const account = connect(server.url);
  expect(await account.takerFeeRate({ symbol: 'AUSDT' }, free())).toBe(decimal('0.00055'));
  await expect(account.takerFeeRate({ symbol: 'BUSDT' }, free())).rejects.toMatchObject({ reason: 'rejected' });
});

function neverEmpty(): never {
  throw new Error('the sample is empty');
}
