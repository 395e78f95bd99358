import { createHmac } from 'node:crypto';
import type { RestClientV5 } from 'bybit-api';
import { describe, expect, test } from 'vitest';
import { exchange, KEY, SECRET, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { failureOf, restClient } from './rest-client.ts';

const category = 'linear' as const;
const symbol = SYMBOL;
const entry = { category, symbol, side: 'Buy', orderType: 'Limit', qty: '1', price: '90' } as const;
const USDT = { category, settleCoin: 'USDT' } as const;

async function faults(venue: Exchange, ...posted: readonly object[]): Promise<void> {
  expect((await venue.sim('POST', 'faults', { faults: posted })).status).toBe(200);
}

async function customSignMessageFn(message: string, secret: string): Promise<string> {
  return createHmac('sha256', secret).update(message).digest('hex');
}

/** Every method of reference F.4 on an account that has a position and a resting order. */
const CALLS: readonly (readonly [string, (rest: RestClientV5) => Promise<{ retCode: number }>])[] = [
  ['getInstrumentsInfo', (rest) => rest.getInstrumentsInfo({ category })],
  ['getTickers', (rest) => rest.getTickers({ category, symbol })],
  ['getKline', (rest) => rest.getKline({ category, symbol, interval: '1' })],
  ['getOrderbook', (rest) => rest.getOrderbook({ category, symbol })],
  ['getPositionInfo', (rest) => rest.getPositionInfo(USDT)],
  ['getActiveOrders', (rest) => rest.getActiveOrders({ category, symbol })],
  ['getHistoricOrders', (rest) => rest.getHistoricOrders({ category })],
  ['getExecutionList', (rest) => rest.getExecutionList({ category })],
  ['getClosedPnL', (rest) => rest.getClosedPnL({ category })],
  ['getWalletBalance', (rest) => rest.getWalletBalance({ accountType: 'UNIFIED' })],
  ['getAccountInfo', (rest) => rest.getAccountInfo()],
  ['getQueryApiKey', (rest) => rest.getQueryApiKey()],
  ['getFeeRate', (rest) => rest.getFeeRate({ category, symbol })],
  ['submitOrder', (rest) => rest.submitOrder(entry)],
  ['amendOrder', (rest) => rest.amendOrder({ category, symbol, orderLinkId: 'resting', price: '91' })],
  ['cancelOrder', (rest) => rest.cancelOrder({ category, symbol, orderLinkId: 'resting' })],
  ['cancelAllOrders', (rest) => rest.cancelAllOrders(USDT)],
  ['batchSubmitOrders', (rest) => rest.batchSubmitOrders(category, [entry, entry])],
  ['batchAmendOrders', (rest) => rest.batchAmendOrders(category, [{ symbol, orderLinkId: 'resting', price: '92' }])],
  ['batchCancelOrders', (rest) => rest.batchCancelOrders(category, [{ symbol, orderLinkId: 'resting' }])],
  [
    'setTradingStop',
    (rest) => rest.setTradingStop({ category, symbol, positionIdx: 0, tpslMode: 'Full', stopLoss: '95' }),
  ],
  ['setLeverage', (rest) => rest.setLeverage({ category, symbol, buyLeverage: '5', sellLeverage: '5' })],
  ['getFuturesLeverage', (rest) => rest.getPrivate('/v5/position/symbol-info', { category, symbol })],
  ['preCheckOrder', (rest) => rest.preCheckOrder(entry)],
  ['setDisconnectCancelAllWindow', (rest) => rest.postPrivate('/v5/order/disconnected-cancel-all', { timeWindow: 40 })],
];

describe('RestClientV5, as it comes from its vendor', () => {
  test.each(CALLS)('%s is signed, understood and answered', async (_name, call) => {
    await using venue = await exchange();
    const rest = restClient(venue);
    await rest.submitOrder({ category, symbol, side: 'Buy', orderType: 'Market', qty: '2' });
    await rest.submitOrder({ ...entry, orderLinkId: 'resting' });
    expect(await call(rest)).toMatchObject({ retCode: 0 });
  });

  test('switchPositionMode needs an account without orders and positions, and shows afterwards', async () => {
    await using venue = await exchange();
    const rest = restClient(venue);
    expect(await rest.switchPositionMode({ category, symbol, mode: 3 })).toMatchObject({ retCode: 0, result: {} });
    const { result } = await rest.getPositionInfo({ category, symbol });
    expect(result.list.map(({ positionIdx }) => positionIdx)).toEqual([1, 2]);
  });

  test('the clock is read without keys', async () => {
    await using venue = await exchange();
    const beforeMs = Date.now();
    const { result, time } = await restClient(venue, { key: '', secret: '' }).getServerTime();
    expect(Math.abs(time - beforeMs)).toBeLessThan(10_000);
    expect(result.timeNano).toBe(`${time}000000`);
  });

  test('a cursor that the client encodes once more leads through all pages', async () => {
    await using venue = await exchange();
    const rest = restClient(venue);
    for (const price of ['90', '91', '92', '93', '94']) await rest.submitOrder({ ...entry, price });
    const prices: string[] = [];
    let cursor: string | undefined;
    do {
      const { result } = await rest.getActiveOrders({ category, symbol, limit: 2, ...(cursor && { cursor }) });
      prices.push(...result.list.map(({ price }) => price));
      cursor = result.list.length === 2 ? result.nextPageCursor : undefined;
    } while (cursor !== undefined);
    expect(prices).toEqual(['94', '93', '92', '91', '90']);
  });

  test('a signature of its own making is as good as the default one', async () => {
    await using venue = await exchange();
    expect(await restClient(venue, { customSignMessageFn }).submitOrder(entry)).toMatchObject({ retCode: 0 });
  });

  test('the rate limit headers come out as numbers', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    const rest = restClient(venue, { parseAPIRateLimits: true });
    await rest.submitOrder(entry);
    const reply = await rest.submitOrder(entry);
    expect(reply.rateLimitApi).toEqual({
      remainingRequests: 8,
      maxRequests: 10,
      resetAtTimestamp: reply.time,
    });
  });

  test('a batch is ok as a whole and tells of its items one by one', async () => {
    await using venue = await exchange();
    const reply = await restClient(venue).batchSubmitOrders(category, [
      { ...entry, orderLinkId: 'good' },
      { ...entry, orderLinkId: 'good' },
      { ...entry, qty: '0.01', orderLinkId: 'small' },
    ]);
    expect(reply).toMatchObject({
      retCode: 0,
      result: { list: [{ orderLinkId: 'good' }, { orderId: '', orderLinkId: 'good' }, { orderId: '' }] },
      retExtInfo: { list: [{ code: 0, msg: 'OK' }, { code: 110072 }, { code: 10001 }] },
    });
  });
});

describe('how failures reach a user of RestClientV5', () => {
  test('a refusal resolves with its code and text, or rejects with the plain body when the client is told to', async () => {
    await using venue = await exchange();
    const cancel = { category, symbol, orderId: 'never' } as const;
    const refused = { retCode: 110001, retMsg: 'order not exists or too late to cancel', result: {}, retExtInfo: {} };
    expect(await restClient(venue).cancelOrder(cancel)).toMatchObject(refused);
    const failure = await failureOf(restClient(venue, { throwExceptions: true }).cancelOrder(cancel));
    expect(failure).toMatchObject(refused);
    expect(failure).not.toBeInstanceOf(Error);
  });

  test.each([
    ['forbidden', 403],
    ['http-500', 500],
  ])('%s rejects with the HTTP status', async (kind, code) => {
    await using venue = await exchange();
    await faults(venue, { kind, endpoint: 'position/list' });
    expect(await failureOf(restClient(venue).getPositionInfo(USDT))).toMatchObject({ code });
  });

  test.each([
    ['a reply that is lost', { kind: 'reply-lost-after' }, 'ECONNRESET'],
    ['a reply that is late', { kind: 'latency', ms: 400 }, 'ECONNABORTED'],
  ])('%s rejects with the error of the connection, and the order is there', async (_name, fault, code) => {
    await using venue = await exchange();
    await faults(venue, { ...fault, endpoint: 'order/create', count: 1 });
    const order = { ...entry, orderLinkId: 'once' };
    expect(await failureOf(restClient(venue, {}, 100).submitOrder(order))).toMatchObject({ code });
    // The effect comes after half the latency.
    await expect.poll(() => venue.simulator.engine.venue.accounts.get('main')?.open.size).toBe(1);
    expect(await restClient(venue).submitOrder(order)).toMatchObject({ retCode: 110072 });
  });

  test.each([
    ['a key that nobody has', { key: 'nobody' }, 10003, 'API key is invalid.'],
    ['a wrong secret', { secret: 'wrong' }, 10004, 'error sign! origin_string['],
    ['a window that the request misses', { recv_window: -2_000 }, 10002, 'invalid request, please check your server'],
  ])('%s answers as the exchange does', async (_name, options, retCode, text) => {
    await using venue = await exchange();
    expect(await restClient(venue, options).getAccountInfo()).toMatchObject({
      retCode,
      retMsg: expect.stringContaining(text),
    });
  });

  test('a private call without keys fails before it is sent', async () => {
    await using venue = await exchange();
    const rest = restClient(venue, { key: '', secret: '' });
    expect((await failureOf(rest.getAccountInfo()))['message']).toContain('require api and private keys');
    expect((await venue.sim('GET', 'truth')).body['requestTotals']).toMatchObject({ all: 0 });
  });

  test('a client whose clock is behind is refused until it asks for the time', async () => {
    await using venue = await exchange();
    await faults(venue, { kind: 'clock-skew', ms: 20_000 });
    expect(await restClient(venue).getAccountInfo()).toMatchObject({ retCode: 10002 });
    const synced = restClient(venue, { syncTimeBeforePrivateRequests: true });
    expect(await synced.getAccountInfo()).toMatchObject({ retCode: 0 });
  });

  test('the eleventh order of a second is refused, and the header says when the next one is not', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    const rest = restClient(venue, { key: KEY, secret: SECRET, parseAPIRateLimits: true });
    for (let count = 0; count < 10; count += 1) await rest.submitOrder(entry);
    const refused = await rest.submitOrder(entry);
    expect(refused).toMatchObject({ retCode: 10006, rateLimitApi: { remainingRequests: 0, maxRequests: 10 } });
    expect(refused.rateLimitApi?.resetAtTimestamp).toBe(refused.time + 1_000);
  });
});
