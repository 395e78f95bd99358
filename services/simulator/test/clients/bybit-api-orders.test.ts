import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import { failureOf } from './rest-client.ts';
import { orderClient } from './socket-clients.ts';

/** How long something that has to come may take on a busy machine. */
const PATIENCE = { timeout: 15_000 };
const limit = { category: 'linear', symbol: SYMBOL, side: 'Buy', orderType: 'Limit', qty: '1', price: '90' } as const;

describe('WebsocketAPIClient', () => {
  test('places, changes and cancels an order, with the rate limit in each reply', async () => {
    await using venue = await exchange({ limits: 'real' });
    using trade = orderClient(venue);
    const created = await trade.client.submitNewOrder({ ...limit, orderLinkId: 'a' });
    expect(created).toMatchObject({
      retCode: 0,
      retMsg: 'OK',
      op: 'order.create',
      data: { orderId: expect.any(String), orderLinkId: 'a' },
      header: { 'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '9' },
    });
    const ref = { category: 'linear', symbol: SYMBOL, orderId: created.data.orderId } as const;
    expect(await trade.client.amendOrder({ ...ref, price: '91' })).toMatchObject({ retCode: 0 });
    expect(await trade.client.cancelOrder(ref)).toMatchObject({ retCode: 0, data: { orderId: ref.orderId } });
    expect(await failureOf(trade.client.cancelOrder(ref))).toMatchObject({
      retCode: 110001,
      retMsg: 'order not exists or too late to cancel',
      op: 'order.cancel',
    });
  });

  test('batches tell of each item', async () => {
    await using venue = await exchange();
    using trade = orderClient(venue);
    const { category: _category, ...item } = limit;
    const reply = await trade.client.batchSubmitOrders('linear', [item, { ...item, qty: '0.01' }]);
    expect(reply).toMatchObject({ retCode: 0, retExtInfo: { list: [{ code: 0 }, { code: 10001 }] } });
  });

  test('shares the limit of its account with REST', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    using trade = orderClient(venue);
    for (let count = 0; count < 10; count += 1) await venue.post('order/create', order(limit));
    expect(await failureOf(trade.client.submitNewOrder(limit))).toMatchObject({ retCode: 10006 });
  });

  test('a bad authentication looks like a good one to it, so the code has to be read', async () => {
    await using venue = await exchange();
    using trade = orderClient(venue, { secret: 'wrong' });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    trade.client.getWSClient().on('authenticated', resolve);
    await trade.client.getWSClient().connectWSAPI();
    expect(await promise).toMatchObject({ op: 'auth', retCode: 10004 });
    expect(await failureOf(trade.client.submitNewOrder(limit))).toMatchObject({ retCode: expect.any(Number) });
    expect((await venue.sim('GET', 'truth')).body['orders']).toEqual([]);
  });

  test('while the service restarts it answers 10019, and a new connection works', async () => {
    await using venue = await exchange();
    using trade = orderClient(venue);
    await trade.client.submitNewOrder(limit);
    await venue.sim('POST', 'faults', { faults: [{ kind: 'restarting', count: 1 }] });
    expect(await failureOf(trade.client.submitNewOrder(limit))).toMatchObject({ retCode: 10019 });
    await venue.sim('POST', 'faults', { faults: [{ kind: 'socket-cut' }] });
    await expect
      .poll(async () => (await trade.client.submitNewOrder(limit).catch(() => undefined))?.retCode, PATIENCE)
      .toBe(0);
  });
});
