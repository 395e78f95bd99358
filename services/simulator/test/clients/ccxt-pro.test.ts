import ccxt from 'ccxt';
import { describe, expect, test } from 'vitest';
import { exchange, order, SECRET, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { ccxtClient } from './ccxt-client.ts';
import { failureOf } from './rest-client.ts';

const MARKET = 'TEST/USDT:USDT';
type Pro = ReturnType<typeof ccxtClient>;

/** The client with its markets loaded, closed at the end of the test. */
async function pro(venue: Exchange, credentials?: { apiKey: string; secret: string }): Promise<Pro & AsyncDisposable> {
  const client = ccxtClient(venue, credentials);
  Object.assign(client.options, { enableUnifiedMargin: false, enableUnifiedAccount: true, unifiedMarginStatus: 6 });
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  return Object.assign(client, {
    [Symbol.asyncDispose]: async () => {
      await client.close();
    },
  });
}

/** Waits until the client has subscribed to all of these. */
async function subscribed(venue: Exchange, ...topics: readonly string[]): Promise<void> {
  const present = async (): Promise<unknown> => Object((await venue.sim('GET', 'truth')).body['streams']).subscriptions;
  await expect.poll(present, { timeout: 15_000 }).toEqual(expect.arrayContaining([...topics]));
}

describe('the sockets of ccxt.pro, as it comes from its vendor', () => {
  test('watch a ticker through its changes', async () => {
    await using venue = await exchange();
    await using client = await pro(venue);
    expect(await client.watchTicker(MARKET)).toMatchObject({ symbol: MARKET, last: 100, markPrice: 100 });
    const next = client.watchTicker(MARKET);
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101' });
    expect(await next).toMatchObject({ symbol: MARKET });
    for (let ticker = await next; ticker.last !== 101; ticker = await client.watchTicker(MARKET));
  });

  test('watch a book and the trades', async () => {
    await using venue = await exchange();
    await using client = await pro(venue);
    const book = await client.watchOrderBook(MARKET);
    expect([book.bids[0]?.[0], book.asks[0]?.[0]]).toEqual([99.9, 100]);
    const trades = client.watchTrades(MARKET);
    const bars = client.watchOHLCV(MARKET, '1m');
    await subscribed(venue, `publicTrade.${SYMBOL}`, `kline.1.${SYMBOL}`);
    await venue.post('order/create', order({ qty: '2' }));
    expect(await trades).toMatchObject([{ symbol: MARKET, price: 100, amount: 2, side: 'buy' }]);
    expect((await bars)[0]?.[4]).toBe(100);
  });

  test('watch orders, trades, positions and the balance of an account', async () => {
    await using venue = await exchange();
    await using client = await pro(venue);
    const orders = client.watchOrders(MARKET);
    const trades = client.watchMyTrades(MARKET);
    const balance = client.watchBalance();
    // The first answer comes from REST, for linear and for inverse contracts; the stream is subscribed with the second.
    expect(await client.watchPositions()).toEqual([]);
    const positions = client.watchPositions();
    await subscribed(venue, 'order', 'execution', 'wallet', 'position');
    await venue.post('order/create', order({ orderLinkId: 'in', qty: '2' }));
    expect(await orders).toMatchObject([{ clientOrderId: 'in', status: 'closed', filled: 2, average: 100 }]);
    expect(await trades).toMatchObject([{ symbol: MARKET, amount: 2, price: 100, fee: { cost: 0.11 } }]);
    expect(await positions).toMatchObject([{ symbol: MARKET, side: 'long', contracts: 2, entryPrice: 100 }]);
    expect(await balance).toMatchObject({ USDT: { total: expect.closeTo(99_999.89, 6) } });
  });

  test('place, change and cancel an order over the socket, and learn of refusals', async () => {
    await using venue = await exchange();
    await using client = await pro(venue);
    const { id = '' } = await client.createOrderWs(MARKET, 'limit', 'buy', 1, 90, { clientOrderId: 'ws' });
    const found = { symbol: MARKET, clientOrderId: 'ws', price: 90 };
    expect(await client.fetchOpenOrders(MARKET)).toMatchObject([{ id, ...found }]);
    await client.editOrderWs(id, MARKET, 'limit', 'buy', 1, 91);
    expect(await client.fetchOpenOrders(MARKET)).toMatchObject([{ id, price: 91 }]);
    await client.cancelOrderWs(id, MARKET);
    expect(await client.fetchOpenOrders(MARKET)).toEqual([]);
    expect(await failureOf(client.cancelOrderWs(id, MARKET))).toBeInstanceOf(ccxt.OrderNotFound);
    const again = client.createOrderWs(MARKET, 'limit', 'buy', 1, 90, { clientOrderId: 'ws' });
    expect(await failureOf(again)).toBeInstanceOf(ccxt.InvalidOrder);
  });

  test('a wrong secret is refused on the private stream', async () => {
    await using venue = await exchange();
    await using client = await pro(venue);
    client.secret = `${SECRET}-wrong`;
    expect(await failureOf(client.watchOrders(MARKET))).toBeInstanceOf(ccxt.ExchangeError);
  });

  test('a cut is an error of the network, and the next watch connects again', async () => {
    await using venue = await exchange();
    await using client = await pro(venue);
    const orders = client.watchOrders(MARKET);
    const failure = failureOf(orders);
    await subscribed(venue, 'order');
    await venue.sim('POST', 'faults', { faults: [{ kind: 'socket-cut' }] });
    expect(await failure).toBeInstanceOf(ccxt.NetworkError);
    const next = client.watchOrders(MARKET);
    await subscribed(venue, 'order');
    await venue.post('order/create', order({ orderLinkId: 'later' }));
    expect(await next).toMatchObject([{ clientOrderId: 'later' }]);
  });
});
