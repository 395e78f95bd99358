import { describe, expect, test } from 'vitest';
import { faultSpec } from '../src/sim/fault-spec.ts';
import { createFaults } from '../src/sim/faults.ts';
import { seededRandom } from '../src/engine/random.ts';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const LINEAR = { category: 'linear', symbol: SYMBOL };

async function post(venue: Exchange, ...faults: readonly object[]): Promise<void> {
  expect((await venue.sim('POST', 'faults', { faults })).status).toBe(200);
}

async function resting(venue: Exchange, ...prices: readonly string[]): Promise<void> {
  for (const price of prices) await venue.post('order/create', order({ orderType: 'Limit', price }));
}

async function pricesOf(venue: Exchange, query: Record<string, string>): Promise<readonly unknown[]> {
  return ((await venue.get('order/realtime', { ...LINEAR, ...query })).body.result.list ?? []).map(
    ({ price }) => price,
  );
}

describe('faults of requests', () => {
  test('a partial page has half its rows, and its cursor leads to the other half', async () => {
    await using venue = await exchange();
    await resting(venue, '90', '91', '92', '93', '94');
    await post(venue, { kind: 'partial-page', endpoint: 'order/realtime', count: 1 });
    const first = await venue.get('order/realtime', { ...LINEAR, limit: '5' });
    expect(first.body.result.list).toHaveLength(3);
    const cursor = first.body.result.nextPageCursor ?? '';
    expect(await pricesOf(venue, { limit: '5', cursor })).toEqual(['91', '90']);
    await post(venue, { kind: 'partial-page', endpoint: 'order/realtime', count: 1 });
    expect(await pricesOf(venue, { limit: '1' })).toEqual([]);
  });

  test('an unknown field stands in the first row of any listing', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({}));
    await post(venue, { kind: 'unknown-field', endpoint: 'list' });
    for (const endpoint of ['position/list', 'execution/list']) {
      const { list } = (await venue.get(endpoint, LINEAR)).body.result;
      expect(list?.[0]).toMatchObject({ symbol: SYMBOL, somethingNew: '1' });
    }
  });

  test('a skewed clock shows in replies and moves the window of timestamps', async () => {
    await using venue = await exchange();
    await post(venue, { kind: 'clock-skew', ms: -3_000 });
    const beforeMs = Date.now();
    const shown = (await venue.get('market/time')).body;
    expect(shown.time - beforeMs).toBeLessThan(-1_000);
    expect(shown.result['timeNano']).toBe(`${shown.time}000000`);
    expect((await venue.get('account/info')).body.retCode).toBe(10002);
    expect((await venue.get('account/info', {}, { aheadMs: -3_000 })).body.retCode).toBe(0);
  });

  test('a refusal of any code has the text of its code, or the one that is given', async () => {
    await using venue = await exchange();
    await post(venue, { kind: 'refusal', retCode: 10028, endpoint: 'account/info' });
    expect((await venue.get('account/info')).body).toMatchObject({
      retCode: 10028,
      retMsg: 'The API can only be accessed by unified account users.',
    });
    await venue.sim('DELETE', 'faults');
    await post(venue, { kind: 'refusal', retCode: 10000, retMsg: 'other words' });
    expect((await venue.get('account/info')).body).toMatchObject({ retCode: 10000, retMsg: 'other words' });
  });

  test('an order that is being processed answers 110079 for a while', async () => {
    await using venue = await exchange();
    await post(venue, { kind: 'order-processing', endpoint: 'order/amend', count: 2 });
    await venue.post('order/create', order({ orderType: 'Limit', price: '90', orderLinkId: 'a' }));
    const amend = async (): Promise<number> =>
      (await venue.post('order/amend', { ...LINEAR, orderLinkId: 'a', price: '91' })).body.retCode;
    expect([await amend(), await amend(), await amend()]).toEqual([110079, 110079, 0]);
  });

  test('a cancel that loses the race is accepted, and the order is filled', async () => {
    await using venue = await exchange();
    await resting(venue, '90');
    await post(venue, { kind: 'cancel-fill-race', endpoint: 'order/cancel', count: 1 });
    const { list = [] } = (await venue.get('order/realtime', LINEAR)).body.result;
    const cancel = { ...LINEAR, orderId: list[0]?.['orderId'] };
    expect((await venue.post('order/cancel', cancel)).body.retCode).toBe(0);
    expect((await venue.get('order/history', LINEAR)).body.result.list).toMatchObject([{ orderStatus: 'Filled' }]);
    expect((await venue.get('position/list', LINEAR)).body.result.list).toMatchObject([{ side: 'Buy', size: '1' }]);
  });

  test('a ban by a fault holds for the address as long as it says, and for every path', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await post(venue, { kind: 'forbidden', ms: 5_000, count: 1 });
    expect((await venue.get('account/info')).status).toBe(403);
    expect((await venue.get('market/time')).status).toBe(403);
    await venue.sim('POST', 'clock', { advanceMs: 4_999 });
    expect((await venue.get('market/time')).status).toBe(403);
    await venue.sim('POST', 'clock', { advanceMs: 1 });
    expect((await venue.get('market/time')).status).toBe(200);
  });

  test('a fault strikes within its window of time, its account and its endpoint only', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    const other = { name: 'other', apiKey: 'other-key', secret: 'other-secret' };
    await venue.sim('POST', 'accounts', { accounts: [other] });
    await post(venue, { kind: 'server-error', account: 'other', endpoint: 'account/info', fromMs: 100, untilMs: 200 });
    const codes = async (): Promise<readonly number[]> => {
      const mine = await venue.get('account/info');
      const theirs = await venue.get('account/info', {}, { key: 'other-key', secret: 'other-secret' });
      const elsewhere = await venue.get('user/query-api', {}, { key: 'other-key', secret: 'other-secret' });
      return [mine, theirs, elsewhere].map(({ body }) => body.retCode);
    };
    expect(await codes()).toEqual([0, 0, 0]);
    await venue.sim('POST', 'clock', { advanceMs: 100 });
    expect(await codes()).toEqual([0, 10016, 0]);
    await venue.sim('POST', 'clock', { advanceMs: 100 });
    expect(await codes()).toEqual([0, 0, 0]);
    expect((await venue.sim('GET', 'faults')).body).toMatchObject({ faults: [{ kind: 'server-error', hits: 1 }] });
  });

  test('a latency with a distribution has its median and its 99th percentile, drawn from the seed', () => {
    const faults = createFaults(seededRandom(11), seededRandom(12));
    faults.add([faultSpec.parse({ kind: 'latency', medianMs: 100, p99Ms: 500 })], 0);
    const drawn = Array.from({ length: 4_000 }, () => {
      const [fault] = faults.strike({ account: '', endpoint: 'order/create', nowMs: 0 });
      return fault?.kind === 'latency' ? (fault.ms ?? 0) : 0;
    }).toSorted((a, b) => a - b);
    expect(drawn[2_000]).toBeGreaterThan(93);
    expect(drawn[2_000]).toBeLessThan(107);
    expect(drawn[3_960]).toBeGreaterThan(400);
    expect(drawn[3_960]).toBeLessThan(620);
  });

  test('private reads stay behind by the lag that is set', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.sim('POST', 'options', { restLagMs: 300 });
    await venue.post('order/create', order({}));
    const sizes = async (): Promise<unknown> =>
      (await venue.get('position/list', { category: 'linear', settleCoin: 'USDT' })).body.result.list?.length;
    expect(await sizes()).toBe(0);
    await venue.sim('POST', 'clock', { advanceMs: 300 });
    expect(await sizes()).toBe(1);
  });
});

test('a lagging read shows the past of everything, and none of another account of the same name', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  await venue.sim('POST', 'options', { restLagMs: 1_000 });
  await venue.post('order/create', order({ orderType: 'Limit', price: '90', orderLinkId: 'a' }));
  await venue.sim('POST', 'clock', { advanceMs: 1_000 });
  await venue.post('order/cancel', { ...LINEAR, orderLinkId: 'a' });
  await venue.post('order/create', order({ stopLoss: '95' }));
  const { list } = (await venue.get('order/realtime', LINEAR)).body.result;
  expect(list).toMatchObject([{ orderLinkId: 'a', orderStatus: 'New' }]);
  expect((await venue.get('order/realtime', { ...LINEAR, openOnly: '1' })).body.result.list).toEqual([]);
  for (const endpoint of ['order/history', 'execution/list', 'position/closed-pnl', 'account/transaction-log'])
    expect((await venue.get(endpoint, { category: 'linear' })).body.result.list).toEqual([]);
  expect((await venue.get('account/wallet-balance', { accountType: 'UNIFIED' })).body.result.list).toMatchObject([
    { totalWalletBalance: '100000', coin: [{ totalOrderIM: expect.stringMatching(/^9\.\d+$/), totalPositionIM: '0' }] },
  ]);
  const accounts = [{ name: 'main', apiKey: 'main-key', secret: 'main-secret', balance: '7' }];
  await venue.sim('POST', 'accounts', { accounts });
  expect((await venue.get('order/realtime', LINEAR)).body.result.list).toEqual([]);
  expect((await venue.get('account/wallet-balance', { accountType: 'UNIFIED' })).body.result.list).toMatchObject([
    { totalWalletBalance: '7' },
  ]);
});
