import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const LINEAR = { category: 'linear', symbol: SYMBOL };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function links(venue: Exchange, endpoint: string, query: Record<string, string> = {}): Promise<unknown> {
  const { body } = await venue.get(endpoint, { ...LINEAR, ...query });
  expect(body.retCode).toBe(0);
  return body.result.list?.map(({ orderLinkId }) => orderLinkId);
}

async function pass(venue: Exchange, ms: number): Promise<number> {
  const { body } = await venue.sim('POST', 'clock', { advanceMs: ms });
  return Number(body['nowMs']);
}

async function resting(venue: Exchange, orderLinkId: string): Promise<void> {
  await venue.post('order/create', order({ orderType: 'Limit', price: '90', orderLinkId }));
}

async function cancelled(venue: Exchange, orderLinkId: string): Promise<void> {
  await resting(venue, orderLinkId);
  await venue.post('order/cancel', { ...LINEAR, orderLinkId });
}

describe('what order/history keeps', () => {
  test('an order that ended without a fill is gone after a day, one that was filled is not', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.post('order/create', order({ orderLinkId: 'filled' }));
    await cancelled(venue, 'unfilled');
    await resting(venue, 'open');
    expect(await links(venue, 'order/history')).toEqual(['unfilled', 'filled']);
    await pass(venue, DAY_MS);
    expect(await links(venue, 'order/history')).toEqual(['unfilled', 'filled']);
    await pass(venue, 1);
    expect(await links(venue, 'order/history')).toEqual(['filled']);
    expect(await links(venue, 'order/history', { orderLinkId: 'unfilled' })).toEqual([]);
  });

  test('without a time range it shows seven days, by its id an order at any time', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.post('order/create', order({ orderLinkId: 'old' }));
    const nowMs = await pass(venue, 8 * DAY_MS);
    await venue.post('order/create', order({ orderLinkId: 'new' }));
    for (const endpoint of ['order/history', 'execution/list']) {
      expect(await links(venue, endpoint)).toEqual(expect.arrayContaining(['new']));
      expect(await links(venue, endpoint)).not.toContain('old');
      expect(await links(venue, endpoint, { orderLinkId: 'old' })).toEqual(['old']);
    }
    const startTime = String(nowMs - 8 * DAY_MS - 1);
    expect(await links(venue, 'order/history', { startTime })).toEqual(['old']);
    const endTime = String(nowMs - 4 * DAY_MS);
    expect(await links(venue, 'order/history', { endTime })).toEqual(['old']);
    expect(await links(venue, 'order/history', { startTime: String(nowMs - DAY_MS) })).toEqual(['new']);
  });

  test.each([
    ['longer than seven days', 7 * DAY_MS + 1],
    ['that ends before it begins', -1],
  ])('a time range %s is refused', async (_name, spanMs) => {
    await using venue = await exchange();
    const range = { startTime: '1700000000000', endTime: String(1_700_000_000_000 + spanMs) };
    for (const endpoint of ['order/history', 'execution/list'])
      expect((await venue.get(endpoint, { ...LINEAR, ...range })).body.retCode).toBe(10001);
  });

  test('a status picks the orders that ended so', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({ orderLinkId: 'filled' }));
    await cancelled(venue, 'cancelled');
    expect(await links(venue, 'order/history', { orderStatus: 'Filled' })).toEqual(['filled']);
    expect(await links(venue, 'order/history', { orderStatus: 'Cancelled' })).toEqual(['cancelled']);
  });
});

describe('what order/realtime keeps', () => {
  test('the latest 500 orders that ended, whole pages of them, and no older one by its id', async () => {
    await using venue = await exchange();
    for (let count = 0; count < 503; count += 1) await venue.post('order/create', order({ orderLinkId: `o${count}` }));
    const seen: unknown[] = [];
    let cursor = '';
    for (let page = 0; page < 11; page += 1) {
      const query = { ...LINEAR, openOnly: '1', limit: '50', ...(cursor === '' ? {} : { cursor }) };
      const { list = [], nextPageCursor = '' } = (await venue.get('order/realtime', query)).body.result;
      seen.push(...list.map(({ orderLinkId }) => orderLinkId));
      cursor = nextPageCursor;
    }
    expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => `o${502 - index}`));
    expect(await links(venue, 'order/realtime', { orderLinkId: 'o2' })).toEqual([]);
    expect(await links(venue, 'order/realtime', { orderLinkId: 'o3' })).toEqual(['o3']);
    expect(await links(venue, 'order/history', { orderLinkId: 'o2' })).toEqual(['o2']);
  });

  test('limits outside their bounds are refused, those in between are followed', async () => {
    await using venue = await exchange();
    for (let count = 0; count < 60; count += 1) await resting(venue, `o${count}`);
    const size = async (limit?: string): Promise<unknown> => {
      const query = limit === undefined ? LINEAR : { ...LINEAR, limit };
      const { retCode, result } = (await venue.get('order/realtime', query)).body;
      return retCode === 0 ? result.list?.length : retCode;
    };
    expect([await size(), await size('1'), await size('50')]).toEqual([20, 1, 50]);
    expect([await size('0'), await size('51'), await size('-1'), await size('x')]).toEqual([
      10001, 10001, 10001, 10001,
    ]);
  });

  test('filters that are of spot orders find nothing, a settle coin that is not USDT neither', async () => {
    await using venue = await exchange();
    await resting(venue, 'open');
    expect(await links(venue, 'order/realtime', { orderFilter: 'Order' })).toEqual(['open']);
    for (const orderFilter of ['tpslOrder', 'OcoOrder', 'BidirectionalTpslOrder'])
      expect(await links(venue, 'order/realtime', { orderFilter })).toEqual([]);
    const query = { category: 'linear', settleCoin: 'USDC' };
    expect((await venue.get('order/realtime', query)).body.result.list).toEqual([]);
    expect((await venue.get('order/realtime', { category: 'linear', baseCoin: 'TEST' })).body.result.list).toHaveLength(
      1,
    );
  });
});

describe('execution/list', () => {
  test('comes 50 at a time unless asked, newest first, and its cursor goes on', async () => {
    await using venue = await exchange();
    for (let count = 0; count < 60; count += 1) await venue.post('order/create', order({ orderLinkId: `o${count}` }));
    const first = (await venue.get('execution/list', LINEAR)).body.result;
    expect(first.list).toHaveLength(50);
    expect(first.nextPageCursor).toMatch(/^\d+%3A2%2C\d+%3A2$/);
    const rest = await venue.get('execution/list', { ...LINEAR, cursor: first.nextPageCursor ?? '' });
    expect(rest.body.result.list?.map(({ orderLinkId }) => orderLinkId)).toEqual(
      Array.from({ length: 10 }, (_, index) => `o${9 - index}`),
    );
    expect((await venue.get('execution/list', { ...LINEAR, limit: '100' })).body.result.list).toHaveLength(60);
    expect((await venue.get('execution/list', { ...LINEAR, limit: '101' })).body.retCode).toBe(10001);
  });
});

describe('what a long run keeps', () => {
  test('everything, unless it is told after how long to forget', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.post('order/create', order({ orderLinkId: 'old' }));
    await venue.sim('POST', 'options', { forgetAfterMs: HOUR_MS, funding: false });
    await venue.sim('POST', 'faults', { faults: [{ kind: 'service-restart' }] });
    await resting(venue, 'open');
    await pass(venue, HOUR_MS / 2);
    await venue.post('order/create', order({ orderLinkId: 'new', side: 'Sell' }));
    expect(await links(venue, 'execution/list')).toEqual(['new', 'old']);
    await pass(venue, HOUR_MS / 2 + 1);
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101' });
    expect(await links(venue, 'execution/list')).toEqual(['new']);
    expect(await links(venue, 'order/history', { orderLinkId: 'old' })).toEqual([]);
    expect(await links(venue, 'order/realtime')).toEqual(['open']);
    expect((await venue.get('position/closed-pnl', LINEAR)).body.result.list).toHaveLength(1);
    const { body } = await venue.sim('GET', 'truth');
    expect(body['forgotten']).toEqual({ orders: 1, executions: 1 });
    expect(body['positions']).toHaveLength(1);
  });

  test('the ledger goes on counting, and the latest 500 ended orders are still shown', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.sim('POST', 'options', { forgetAfterMs: 1_000 });
    await venue.post('order/create', order({ orderLinkId: 'old' }));
    await pass(venue, DAY_MS);
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '101' });
    await venue.post('order/create', order({ orderLinkId: 'new' }));
    const { list = [] } = (await venue.get('account/transaction-log', { type: 'TRADE' })).body.result;
    // Behind a transfer, a trade and three settlements of funding.
    expect(list.map(({ id }) => String(id).split('_').at(-1))).toEqual(['6']);
    expect(await links(venue, 'order/realtime', { openOnly: '1' })).toEqual(['new', 'old']);
  });
});
