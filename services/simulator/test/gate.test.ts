import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Received, Twist } from './exchange-client.ts';

const LINEAR = { category: 'linear' };
const USDT = { ...LINEAR, settleCoin: 'USDT' };

const codeOf = ({ body }: Received): number => body.retCode;

describe('the gate', () => {
  test.each<[string, Twist, number]>([
    ['an unknown key', { key: 'nobody' }, 10003],
    ['an unknown key that is late too', { key: 'nobody', aheadMs: -60_000 }, 10003],
    ['a timestamp older than the window', { aheadMs: -5_100 }, 10002],
    ['a late timestamp with a bad signature', { aheadMs: -5_100, secret: 'x' }, 10002],
    ['a timestamp more than a second ahead', { aheadMs: 1_500 }, 10002],
    ['a timestamp just ahead', { aheadMs: 700 }, 0],
    ['an old timestamp in a wide window', { aheadMs: -8_000, recvWindow: '10000' }, 0],
    ['a signature under another secret', { secret: 'x' }, 10004],
    ['a request that is right', {}, 0],
  ])('%s', async (_name, twist, retCode) => {
    await using venue = await exchange();
    expect(codeOf(await venue.get('position/list', USDT, twist))).toBe(retCode);
    const created = await venue.post('order/create', order({}), twist);
    expect(created.status).toBe(200);
    expect(codeOf(created)).toBe(retCode);
  });

  test('the signature is over the bytes on the wire, however they are spaced', async () => {
    await using venue = await exchange();
    const rawBody = `{ "category":"linear",\n "symbol": "${SYMBOL}", "side":"Buy", "orderType":"Market", "qty":"1.0" }`;
    expect(codeOf(await venue.post('order/create', {}, { rawBody }))).toBe(0);
  });

  test('public paths need no key; unknown paths are 404', async () => {
    await using venue = await exchange();
    expect((await venue.get('market/time', {}, { key: 'nobody' })).body.result).toMatchObject({
      timeSecond: expect.stringMatching(/^\d{10}$/),
    });
    expect((await venue.get('market/tickers', LINEAR, { key: 'nobody' })).body.result).toMatchObject({
      list: [{ symbol: SYMBOL, lastPrice: '100.0', markPrice: '100.0', bid1Price: '99.9', ask1Price: '100.0' }],
    });
    expect((await venue.get('no/such/path')).status).toBe(404);
  });
});

describe('rate limits', () => {
  test('private replies carry the three headers, and the eleventh create of a second answers 10006', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    const replies: Received[] = [];
    for (let count = 0; count < 11; count += 1)
      replies.push(await venue.post('order/create', order({ price: '90', orderType: 'Limit' })));
    expect(replies.map(codeOf)).toEqual([...Array.from({ length: 10 }, () => 0), 10006]);
    expect(replies.map(({ headers }) => headers['x-bapi-limit-status'])).toEqual([
      ...Array.from({ length: 10 }, (_, used) => String(9 - used)),
      '0',
    ]);
    const last = replies.at(-1);
    expect(last?.headers['x-bapi-limit']).toBe('10');
    expect(Number(last?.headers['x-bapi-limit-reset-timestamp']) - (last?.body.time ?? 0)).toBe(1_000);
    expect(codeOf(await venue.post('order/cancel-all', { ...USDT }))).toBe(0);
    await venue.sim('POST', 'clock', { advanceMs: 999 });
    expect(codeOf(await venue.post('order/create', order({})))).toBe(10006);
    await venue.sim('POST', 'clock', { advanceMs: 1 });
    expect(codeOf(await venue.post('order/create', order({})))).toBe(0);
    expect((await venue.sim('GET', 'truth')).body['rateLimited']).toBe(2);
  });

  test('a batch counts its orders, and what is over is refused one by one', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    const item = { symbol: SYMBOL, side: 'Buy', orderType: 'Limit', qty: '1', price: '90' };
    const reply = await venue.post('order/create-batch', {
      ...LINEAR,
      request: Array.from({ length: 12 }, () => item),
    });
    expect(reply.body.retExtInfo.list?.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 10 }, () => 0),
      10006,
      10006,
    ]);
    expect(codeOf(await venue.post('order/create', order({})))).toBe(0);
  });

  test('an address that sends more than its share gets 403 for everything until its ban ends', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    await venue.sim('POST', 'options', { limits: { perAddress: 3, addressBanMs: 600_000 } });
    for (let count = 0; count < 3; count += 1) expect((await venue.get('market/time')).status).toBe(200);
    const refused = await venue.get('position/list', USDT);
    expect([refused.status, refused.body.retMsg]).toEqual([403, 'access too frequent']);
    await venue.sim('POST', 'clock', { advanceMs: 599_999 });
    expect((await venue.get('market/time')).status).toBe(403);
    await venue.sim('POST', 'clock', { advanceMs: 1 });
    expect((await venue.get('market/time')).status).toBe(200);
    expect((await venue.sim('GET', 'truth')).body).toMatchObject({ rateLimited: 2 });
  });
});
