import ccxt from 'ccxt';
import { describe, expect, test } from 'vitest';
import { exchange, KEY, SECRET, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { ccxtClient } from './ccxt-client.ts';
import { failureOf } from './rest-client.ts';

/** What ccxt calls the contract of the tests. */
const MARKET = 'TEST/USDT:USDT';

function idOf({ id }: { readonly id?: string | undefined }): string {
  return id ?? '';
}

async function requestsOf(venue: Exchange): Promise<readonly string[]> {
  const { body } = await venue.sim('GET', 'truth');
  const { requests } = Object(body);
  return requests.map(({ endpoint }: { endpoint: string }) => endpoint);
}

async function rowsOf(venue: Exchange, query: Record<string, string>): Promise<readonly Record<string, unknown>[]> {
  const reply = await venue.get('order/realtime', { category: 'linear', symbol: SYMBOL, ...query });
  return reply.body.result.list ?? [];
}

describe('ccxt, as it comes from its vendor', () => {
  test('loads the markets with their precision and limits', async () => {
    await using venue = await exchange();
    const markets = await ccxtClient(venue).loadMarkets();
    expect(markets[MARKET]).toMatchObject({
      id: SYMBOL,
      swap: true,
      linear: true,
      active: true,
      settle: 'USDT',
      precision: { price: 0.1, amount: 0.1 },
      limits: { amount: { min: 0.1 }, leverage: { min: 1, max: 100 } },
    });
    expect(await requestsOf(venue)).toEqual(
      expect.arrayContaining(['asset/coin/query-info', 'market/instruments-info']),
    );
  });

  test('loads the markets of every kind that the exchange answers for, although most are empty', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    client.options['fetchMarkets'] = { types: ['spot', 'linear', 'inverse', 'option'] };
    expect(Object.keys(await client.loadMarkets())).toEqual([MARKET]);
  });

  test('asks once whether the account is a unified one', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    expect(await client.isUnifiedEnabled()).toEqual([false, true]);
    expect(await requestsOf(venue)).toEqual(expect.arrayContaining(['user/query-api', 'account/info']));
  });

  test('places a limit order that only reduces, finds it, changes it and cancels it', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    await client.createOrder(MARKET, 'market', 'buy', 1);
    const params = { reduceOnly: true, clientOrderId: 'target', positionIdx: 0 };
    const id = idOf(await client.createOrder(MARKET, 'limit', 'sell', 1, 110, params));
    expect(await client.fetchOpenOrders(MARKET)).toMatchObject([
      { id, clientOrderId: 'target', status: 'open', side: 'sell', price: 110, amount: 1, reduceOnly: true },
    ]);
    await client.editOrder(id, MARKET, 'limit', 'sell', 0.5, 111);
    expect(await client.fetchOpenOrder(id, MARKET)).toMatchObject({ price: 111, amount: 0.5, remaining: 0.5 });
    await client.cancelOrder(id, MARKET);
    expect(await client.fetchOpenOrders()).toEqual([]);
    expect(await client.fetchCanceledOrders(MARKET)).toMatchObject([{ id, status: 'canceled' }]);
    expect(await client.fetchOrder(id, MARKET, { acknowledged: true })).toMatchObject({ id, status: 'canceled' });
  });

  test('sees what was executed, what is open and what it is worth', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    const { id } = await client.createOrder(MARKET, 'market', 'buy', 2);
    expect(await client.fetchClosedOrders(MARKET)).toMatchObject([
      { id, status: 'closed', filled: 2, average: 100, fee: { currency: 'USDT', cost: 0.11 } },
    ]);
    expect(await client.fetchMyTrades(MARKET)).toMatchObject([
      { order: id, amount: 2, price: 100, takerOrMaker: 'taker', fee: { cost: 0.11 } },
    ]);
    expect(await client.fetchPositions()).toMatchObject([
      { symbol: MARKET, side: 'long', contracts: 2, entryPrice: 100, markPrice: 100, leverage: 10, hedged: false },
    ]);
    expect(await client.fetchBalance()).toMatchObject({ USDT: { total: expect.closeTo(99_999.89, 6) } });
    expect(await client.fetchTicker(MARKET)).toMatchObject({ last: 100, bid: 99.9, ask: 100, markPrice: 100 });
  });

  test.each([
    ['ascending', 110, 1],
    ['descending', 90, 2],
    ['above', 110, 1],
    ['below', 90, 2],
  ])('a conditional order that waits for a price %s', async (triggerDirection, triggerPrice, direction) => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    const params = { triggerPrice, triggerDirection };
    const { id } = await client.createOrder(MARKET, 'market', 'buy', 1, undefined, params);
    expect(await rowsOf(venue, {})).toMatchObject([
      { orderId: id, orderStatus: 'Untriggered', triggerDirection: direction, triggerPrice: String(triggerPrice) },
    ]);
    expect(await client.fetchOpenOrders(MARKET, undefined, undefined, { trigger: true })).toMatchObject([
      { id, triggerPrice },
    ]);
    expect(await client.fetchOpenOrders(MARKET, undefined, undefined, { orderFilter: 'Order' })).toEqual([]);
  });

  test.each([
    ['stopLossPrice', 90, 2],
    ['takeProfitPrice', 110, 1],
  ])('a %s alone is a conditional order that only reduces', async (name, price, direction) => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    await client.createOrder(MARKET, 'market', 'buy', 1);
    await client.createOrder(MARKET, 'market', 'sell', 1, undefined, { [name]: price });
    expect(await rowsOf(venue, {})).toMatchObject([
      { reduceOnly: true, triggerDirection: direction, triggerPrice: String(price), stopOrderType: 'Stop' },
    ]);
  });

  test('levels attached to an entry come with its fill', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    const params = { stopLoss: { triggerPrice: 90 }, takeProfit: { triggerPrice: 120 } };
    await client.createOrder(MARKET, 'market', 'buy', 1, undefined, params);
    const kinds = (await rowsOf(venue, {})).map(({ stopOrderType, triggerPrice }) => [stopOrderType, triggerPrice]);
    expect(kinds).toEqual(expect.arrayContaining([['StopLoss', '90'], ['TakeProfit', '120']])); // prettier-ignore
    expect(await client.fetchPosition(MARKET)).toMatchObject({ stopLossPrice: 90, takeProfitPrice: 120 });
  });

  test('an attached stop with a limit price is a Partial one', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    const params = { stopLoss: { triggerPrice: 90, price: 89 } };
    await client.createOrder(MARKET, 'limit', 'buy', 1, 95, params);
    expect(await rowsOf(venue, {})).toMatchObject([{ stopLoss: '90', tpslMode: 'Partial', slLimitPrice: '89' }]);
  });

  test.each([
    ['both levels at once', { stopLossPrice: 90, takeProfitPrice: 120 }, { stopLoss: '90', takeProfit: '120' }],
    ['the endpoint by name', { stopLossPrice: 90, tradingStopEndpoint: true }, { stopLoss: '90' }],
    ['a trailing stop', { trailingAmount: 5, trailingTriggerPrice: 105 }, { trailingStop: '5' }],
  ])('%s goes to the position', async (_name, params, row) => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    await client.createOrder(MARKET, 'market', 'buy', 1);
    await client.createOrder(MARKET, 'market', 'sell', 0, undefined, params);
    const { list } = (await venue.get('position/list', { category: 'linear', symbol: SYMBOL })).body.result;
    expect(list).toMatchObject([row]);
    expect(await requestsOf(venue)).toContain('position/trading-stop');
  });

  test('both levels with an amount are a pair for a part of the position', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    await client.createOrder(MARKET, 'market', 'buy', 2);
    await client.createOrder(MARKET, 'market', 'sell', 1, undefined, { stopLossPrice: 90, takeProfitPrice: 120 });
    const rows = (await rowsOf(venue, {})).map(({ stopOrderType, qty }) => [stopOrderType, qty]);
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(expect.arrayContaining([['PartialStopLoss', '1'], ['PartialTakeProfit', '1']])); // prettier-ignore
  });

  test('hedge mode is set and used with the index that follows from the order', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    await client.setPositionMode(true, MARKET);
    await client.createOrder(MARKET, 'market', 'buy', 1, undefined, { hedged: true });
    await client.createOrder(MARKET, 'market', 'sell', 2, undefined, { hedged: true });
    const positions = await client.fetchPositions();
    expect(positions.map(({ side, contracts, hedged }) => [side, contracts, hedged])).toEqual([
      ['long', 1, true],
      ['short', 2, true],
    ]);
  });

  test('several orders go in one request, and the one that fails is rejected', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    const order = { symbol: MARKET, type: 'limit', side: 'buy', amount: 1 } as const;
    const orders = await client.createOrders([{ ...order, price: 90 }, { ...order, price: 1 }, { ...order, price: 91 }]); // prettier-ignore
    expect(orders.map(({ status }) => status)).toEqual([undefined, 'rejected', undefined]);
    const ids = orders.filter(({ status }) => status !== 'rejected').map(idOf);
    await client.cancelOrders(ids.slice(0, 1), MARKET);
    expect(await client.cancelAllOrders(MARKET)).toMatchObject([{ id: ids[1] }]);
  });

  test('leverage is set once', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    expect(await client.setLeverage(5, MARKET)).toMatchObject({ retCode: 0 });
    expect(await failureOf(client.setLeverage(5, MARKET))).toBeInstanceOf(ccxt.BadRequest);
  });
});

/** Reference G.4. */
const ERRORS: readonly (readonly [string, object, new (message: string) => Error])[] = [
  ...[10003, 10004, 33004].map((retCode) => [`${retCode}`, { kind: 'refusal', retCode }, ccxt.AuthenticationError] as const), // prettier-ignore
  ['10002', { kind: 'refusal', retCode: 10002 }, ccxt.InvalidNonce],
  ...[10005, 10010, 10024, 10027, 10028, 10029].map((retCode) => [`${retCode}`, { kind: 'refusal', retCode }, ccxt.PermissionDenied] as const), // prettier-ignore
  ['10006', { kind: 'rate-limited' }, ccxt.RateLimitExceeded],
  ['HTTP 403', { kind: 'forbidden' }, ccxt.RateLimitExceeded],
  ['110001', { kind: 'refusal', retCode: 110001 }, ccxt.OrderNotFound],
  ...[110004, 110006, 110007, 110012, 110044, 110045].map((retCode) => [`${retCode}`, { kind: 'refusal', retCode }, ccxt.InsufficientFunds] as const), // prettier-ignore
  ...[110008, 110009, 110010, 110017, 110020, 110072, 110092, 110093, 110094].map((retCode) => [`${retCode}`, { kind: 'refusal', retCode }, ccxt.InvalidOrder] as const), // prettier-ignore
  ...[110025, 110027].map((retCode) => [`${retCode}`, { kind: 'refusal', retCode }, ccxt.NoChange] as const),
  ['110026', { kind: 'refusal', retCode: 110026 }, ccxt.MarginModeAlreadySet],
  ['110043', { kind: 'refusal', retCode: 110043 }, ccxt.BadRequest],
  ['34040', { kind: 'refusal', retCode: 34040 }, ccxt.ExchangeError],
  ['a 500', { kind: 'http-500' }, ccxt.ExchangeNotAvailable],
  ['a reset', { kind: 'reply-lost-before' }, ccxt.NetworkError],
];

describe('the errors of ccxt', () => {
  test('each kind of failure is the error class that ccxt has for it', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    client.options['enableUnifiedAccount'] = true;
    client.options['enableUnifiedMargin'] = false;
    client.options['unifiedMarginStatus'] = 6;
    await client.loadMarkets();
    for (const [name, fault, type] of ERRORS) {
      await venue.sim('DELETE', 'faults');
      await venue.sim('POST', 'faults', { faults: [fault] });
      const failure = await failureOf(client.createOrder(MARKET, 'limit', 'buy', 1, 90));
      expect([name, Object.getPrototypeOf(failure).constructor.name]).toEqual([name, type.name]);
    }
  });

  test('real refusals reach it too, without any fault', async () => {
    await using venue = await exchange();
    const client = ccxtClient(venue);
    const create = async (params: object): Promise<unknown> =>
      client.createOrder(MARKET, 'limit', 'buy', 1, 90, params);
    await create({ clientOrderId: 'a' });
    expect(await failureOf(create({ clientOrderId: 'a' }))).toBeInstanceOf(ccxt.InvalidOrder);
    expect(await failureOf(create({ reduceOnly: true }))).toBeInstanceOf(ccxt.InvalidOrder);
    const large = client.createOrder(MARKET, 'limit', 'buy', 20_000, 90);
    expect(await failureOf(large)).toBeInstanceOf(ccxt.InsufficientFunds);
    expect(await failureOf(client.cancelOrder('never', MARKET))).toBeInstanceOf(ccxt.OrderNotFound);
    const stranger = ccxtClient(venue, { apiKey: 'nobody', secret: SECRET });
    expect(await failureOf(stranger.fetchBalance())).toBeInstanceOf(ccxt.AuthenticationError);
    const impostor = ccxtClient(venue, { apiKey: KEY, secret: 'wrong' });
    expect(await failureOf(impostor.fetchBalance())).toBeInstanceOf(ccxt.AuthenticationError);
  });
});
