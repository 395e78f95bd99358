import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange, Received } from './exchange-client.ts';

const REAL = { limits: 'real', clock: 'virtual' } as const;
const LINEAR = { category: 'linear', symbol: SYMBOL };
const OTHER = { key: 'other-key', secret: 'other-secret' };

function limitOf({ headers }: Received): number {
  return Number(headers['x-bapi-limit']);
}

/** How many of these requests pass within one second. */
async function passing(times: number, send: () => Promise<Received>): Promise<number> {
  let passed = 0;
  for (let count = 0; count < times; count += 1) if ((await send()).body.retCode !== 10006) passed += 1;
  return passed;
}

function codes({ body }: Received): unknown {
  return body.retExtInfo.list?.map(({ code }) => code);
}

async function limits(venue: Exchange, options: object): Promise<void> {
  expect((await venue.sim('POST', 'options', { limits: options })).status).toBe(200);
}

describe('the limit of a UID on an endpoint', () => {
  test.each([
    ['POST', 10, 'order/create order/amend order/cancel order/cancel-all order/pre-check'],
    ['POST', 10, 'order/create-batch order/amend-batch order/cancel-batch'],
    ['POST', 10, 'position/trading-stop position/set-leverage position/switch-mode'],
    ['POST', 10, 'position/set-auto-add-margin position/add-margin'],
    ['POST', 5, 'order/disconnected-cancel-all'],
    ['GET', 50, 'order/realtime order/history execution/list position/list position/closed-pnl'],
    ['GET', 50, 'account/wallet-balance account/info account/collateral-info'],
    ['GET', 25, 'account/transaction-log'],
    ['GET', 10, 'account/instruments-info user/query-api'],
    ['GET', 5, 'account/fee-rate'],
  ])('%s: %i per second on %s', async (method, limit, endpoints) => {
    await using venue = await exchange(REAL);
    for (const endpoint of endpoints.split(' ')) {
      const send = async (): Promise<Received> =>
        method === 'GET' ? venue.get(endpoint, LINEAR) : venue.post(endpoint, { ...LINEAR, request: [{}] });
      const first = await send();
      expect([endpoint, limitOf(first), first.headers['x-bapi-limit-status']]).toEqual([
        endpoint,
        limit,
        `${limit - 1}`,
      ]);
      expect([endpoint, await passing(limit, send)]).toEqual([endpoint, limit - 1]);
    }
  });

  test('market data has none', async () => {
    await using venue = await exchange(REAL);
    const reply = await venue.get('market/tickers', LINEAR);
    expect(reply.headers).not.toHaveProperty('x-bapi-limit');
    expect(await passing(80, () => venue.get('market/tickers', LINEAR))).toBe(80);
  });

  test.each([
    ['VIP-1', 20],
    ['VIP-2', 40],
    ['VIP-3', 60],
    ['VIP-5', 60],
    ['PRO-1', 200],
    ['PRO-6', 1_200],
    ['MM-1', 600],
    ['MM-3', 1_000],
  ])('of %s is %i for orders, and as for anybody for the rest', async (vip, limit) => {
    await using venue = await exchange(REAL);
    const account = { name: 'other', apiKey: OTHER.key, secret: OTHER.secret, vip };
    await venue.sim('POST', 'accounts', { accounts: [account] });
    expect(limitOf(await venue.post('order/create', order({}), OTHER))).toBe(limit);
    expect(limitOf(await venue.post('order/cancel-all', LINEAR, OTHER))).toBe(limit);
    expect(limitOf(await venue.post('position/set-leverage', LINEAR, OTHER))).toBe(10);
    expect(limitOf(await venue.get('position/list', LINEAR, OTHER))).toBe(50);
    expect((await venue.get('user/query-api', {}, OTHER)).body.result).toMatchObject({ vipLevel: vip });
  });

  test('each account and each endpoint has its own, and batches are apart from single orders', async () => {
    await using venue = await exchange(REAL);
    await venue.sim('POST', 'accounts', { accounts: [{ name: 'other', apiKey: OTHER.key, secret: OTHER.secret }] });
    const create = (twist = {}): Promise<Received> =>
      venue.post('order/create', order({ orderType: 'Limit', price: '90' }), twist);
    expect(await passing(12, create)).toBe(10);
    expect(await passing(1, () => create(OTHER))).toBe(1);
    expect(await passing(1, () => venue.post('order/cancel-all', LINEAR))).toBe(1);
    const { category: _category, ...item } = { category: '', ...order({ orderType: 'Limit', price: '90' }) };
    const batch = (count: number): Promise<Received> =>
      venue.post('order/create-batch', { category: 'linear', request: Array.from({ length: count }, () => item) });
    expect(codes(await batch(6))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(codes(await batch(6))).toEqual([0, 0, 0, 0, 10006, 10006]);
    expect((await batch(1)).body.retCode).toBe(10006);
  });

  test('refused requests leave it alone, unless the exchange is one that counts them', async () => {
    await using venue = await exchange(REAL);
    const create = (): Promise<Received> => venue.post('order/create', order({ qty: '0.01' }));
    expect(await passing(15, create)).toBe(10);
    await venue.sim('POST', 'clock', { advanceMs: 1_000 });
    await limits(venue, { refusedConsume: true });
    expect(await passing(11, create)).toBe(10);
    await venue.sim('POST', 'clock', { advanceMs: 999 });
    expect(await passing(1, create)).toBe(0);
    await venue.sim('POST', 'clock', { advanceMs: 1 });
    expect(await passing(11, create)).toBe(9);
  });

  test('scales with an option, and is gone with --limits off', async () => {
    await using venue = await exchange(REAL);
    await limits(venue, { scale: 0.2 });
    expect(await passing(4, () => venue.post('order/create', order({})))).toBe(2);
    await limits(venue, { scale: 3 });
    expect(limitOf(await venue.post('order/create', order({})))).toBe(30);
    await using open = await exchange({ limits: 'off' });
    expect(await passing(15, () => open.post('order/create', order({})))).toBe(15);
  });
});

test('600 requests in five seconds are the share of an address; the next gets 403 until its ban is over', async () => {
  await using venue = await exchange(REAL);
  const statuses = async (times: number): Promise<ReadonlySet<number>> => {
    const seen = new Set<number>();
    for (let count = 0; count < times; count += 1) seen.add((await venue.get('market/time')).status);
    return seen;
  };
  expect(await statuses(600)).toEqual(new Set([200]));
  expect(await statuses(1)).toEqual(new Set([403]));
  await venue.sim('POST', 'clock', { advanceMs: 599_999 });
  expect(await statuses(1)).toEqual(new Set([403]));
  await venue.sim('POST', 'clock', { advanceMs: 1 });
  expect(await statuses(1)).toEqual(new Set([200]));
  await limits(venue, { scale: 0.01 });
  expect(await statuses(5)).toEqual(new Set([200]));
  expect(await statuses(1)).toEqual(new Set([403]));
});
