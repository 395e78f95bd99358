import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const USDT = { category: 'linear', settleCoin: 'USDT' };

async function post(venue: Exchange, ...faults: readonly object[]): Promise<void> {
  expect((await venue.sim('POST', 'faults', { faults })).status).toBe(200);
}

async function orderCount(venue: Exchange): Promise<number> {
  const { body } = await venue.sim('GET', 'truth');
  return Array.isArray(body['orders']) ? body['orders'].length : -1;
}

async function strikesOfTwenty(): Promise<number[]> {
  await using venue = await exchange();
  await post(venue, { kind: 'rate-limited', probability: 0.5, count: 5 });
  const codes: number[] = [];
  for (let count = 0; count < 20; count += 1) codes.push((await venue.get('account/info')).body.retCode);
  return codes;
}

describe('faults', () => {
  test('a reply lost before its effect leaves nothing behind, one lost after it leaves the order', async () => {
    await using venue = await exchange();
    await post(venue, { kind: 'reply-lost-before', endpoint: 'order/create', count: 1 });
    await expect(venue.post('order/create', order({}))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await orderCount(venue)).toBe(0);
    await post(venue, { kind: 'reply-lost-after', endpoint: 'order/create', count: 1 });
    await expect(venue.post('order/create', order({ orderLinkId: 'a' }))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await orderCount(venue)).toBe(1);
    expect((await venue.post('order/create', order({ orderLinkId: 'a' }))).body.retCode).toBe(110072);
    expect((await venue.sim('GET', 'truth')).body['requestTotals']).toMatchObject({ lost: 2, all: 3 });
  });

  test.each([
    ['rate-limited', 200, 10006],
    ['server-error', 200, 10016],
    ['key-revoked', 200, 33004],
    ['forbidden', 403, -1],
    ['http-500', 500, -1],
  ])('%s answers in its own way and only where it is posted', async (kind, status, retCode) => {
    await using venue = await exchange();
    await post(venue, { kind, endpoint: 'position/list', account: 'main' });
    const struck = await venue.get('position/list', USDT);
    expect([struck.status, struck.body.retCode]).toEqual([status, retCode]);
    expect((await venue.get('order/realtime', USDT)).body.retCode).toBe(0);
    await venue.sim('DELETE', 'faults');
    expect((await venue.get('position/list', USDT)).body.retCode).toBe(0);
  });

  test('a fault ends with its count, and chance is drawn from the seed', async () => {
    const first = await strikesOfTwenty();
    expect(first.filter((code) => code === 10006)).toHaveLength(5);
    expect(first.slice(0, 10)).toContain(0);
    expect(await strikesOfTwenty()).toEqual(first);
  });

  test('latency holds a request on both ways, its effect in the middle', async () => {
    await using venue = await exchange();
    await post(venue, { kind: 'latency', ms: 120, endpoint: 'order/create', count: 1 });
    const startedAtMs = Date.now();
    const reply = await venue.post('order/create', order({}));
    const tookMs = Date.now() - startedAtMs;
    expect(tookMs).toBeGreaterThanOrEqual(115);
    expect(reply.body.time - startedAtMs).toBeGreaterThanOrEqual(55);
    expect(reply.body.time - startedAtMs).toBeLessThan(tookMs - 50);
  });

  test('a stale read shows the account as it was', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await post(venue, { kind: 'stale-reads', ms: 1_000, endpoint: 'position/list' });
    await venue.post('order/create', order({}));
    expect((await venue.get('position/list', USDT)).body.result.list).toEqual([]);
    expect((await venue.get('execution/list', USDT)).body.result.list).toHaveLength(1);
    await venue.sim('POST', 'clock', { advanceMs: 1_000 });
    expect((await venue.get('position/list', USDT)).body.result.list).toHaveLength(1);
  });

  test('an unknown status stands in the first row only', async () => {
    await using venue = await exchange();
    for (const price of ['90', '91']) await venue.post('order/create', order({ orderType: 'Limit', price }));
    await post(venue, { kind: 'unknown-enum', endpoint: 'order/realtime' });
    const rows = (await venue.get('order/realtime', USDT)).body.result.list ?? [];
    expect(rows.map(({ orderStatus }) => orderStatus)).toEqual(['SomethingNew', 'New']);
  });

  test('the kind is one of the known ones, and each fault of the body is named', async () => {
    await using venue = await exchange();
    const reply = await venue.sim('POST', 'faults', {
      faults: [{ kind: 'gremlins' }, { kind: 'latency', probability: 2 }],
    });
    expect(reply.status).toBe(400);
    expect(reply.body['faults']).toMatchObject([
      { path: 'faults.0.kind' },
      { path: 'faults.1.probability' },
      { path: 'faults.1.ms' },
    ]);
    expect((await venue.sim('GET', 'faults')).body).toEqual({ faults: [] });
  });
});

describe('the control paths', () => {
  test('a bad body is 400 with every fault, an unknown name too, an unknown path 404', async () => {
    await using venue = await exchange();
    const bad = { accounts: [{ name: '', apiKey: 'k', secret: 's', balance: '-1', colour: 'red' }] };
    const reply = await venue.sim('POST', 'accounts', bad);
    expect([reply.status, reply.body['faults']]).toMatchObject([
      400,
      [
        { path: 'accounts.0.name' },
        { path: 'accounts.0.balance' },
        { path: 'accounts.0.colour', message: 'is unknown' },
      ],
    ]);
    expect((await venue.sim('POST', 'price', { symbol: 'NOUSDT', price: '1' })).status).toBe(400);
    expect((await venue.sim('POST', 'clock', { advanceMs: 5 })).status).toBe(400);
    expect((await venue.sim('GET', 'nothing')).status).toBe(404);
  });

  test('the manual trader needs no key, and its order cancelled by a key is a wrong cancel', async () => {
    await using venue = await exchange();
    const manual = { account: 'main', symbol: SYMBOL, side: 'Buy', qty: '1', orderType: 'Limit', price: '90' };
    const { body } = await venue.sim('POST', 'orders', manual);
    expect(body).toMatchObject({ orderStatus: 'New' });
    await venue.post('order/cancel', { category: 'linear', symbol: SYMBOL, orderId: body['orderId'] });
    expect((await venue.sim('GET', 'truth')).body['wrongCancels']).toMatchObject([
      { kind: 'foreign-order', account: 'main' },
    ]);
    const other = await venue.sim('POST', 'orders', manual);
    const ref = { account: 'main', symbol: SYMBOL, orderId: other.body['orderId'] };
    expect((await venue.sim('POST', 'orders/cancel', ref)).body).toMatchObject({ orderStatus: 'Cancelled' });
    expect((await venue.sim('POST', 'orders', { ...manual, qty: '0.05' })).body).toMatchObject({ retCode: 10001 });
  });

  test('the time from a fill to the next request for its symbol is a reaction', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.post('order/create', order({ orderType: 'Limit', price: '95', stopLoss: '90' }));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '95' });
    await venue.sim('POST', 'clock', { advanceMs: 40 });
    await venue.get('position/list', USDT);
    const stop = { category: 'linear', symbol: SYMBOL, positionIdx: 0, tpslMode: 'Full', stopLoss: '91' };
    await venue.post('position/trading-stop', stop);
    await venue.post('position/trading-stop', { ...stop, stopLoss: '92' });
    expect((await venue.sim('GET', 'truth')).body['reactions']).toMatchObject([
      { account: 'main', symbol: SYMBOL, kind: 'entry-fill', ms: 40 },
    ]);
  });

  test('a walk moves the prices of a virtual clock step by step and can be stopped', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.sim('POST', 'walk', { seed: 3, stepMs: 500, volatilityPctPerMinute: 10 });
    await venue.sim('POST', 'clock', { advanceMs: 60_000 });
    const moved = (await venue.sim('GET', 'truth')).body['prices'];
    expect(moved).not.toMatchObject({ [SYMBOL]: { last: '100' } });
    await venue.sim('DELETE', 'walk');
    await venue.sim('POST', 'clock', { advanceMs: 60_000 });
    expect((await venue.sim('GET', 'truth')).body['prices']).toEqual(moved);
  });

  test('under a real clock a walk goes on by itself, and so does a stop that waits to execute', async () => {
    await using venue = await exchange();
    await venue.sim('POST', 'options', { triggerDelayMs: 30 });
    await venue.post('order/create', order({ stopLoss: '99' }));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '98' });
    const positions = async (): Promise<unknown> => (await venue.sim('GET', 'truth')).body['positions'];
    await expect.poll(positions).toMatchObject([{ closeReason: 'StopLoss', unprotectedMs: 0 }]);
    await venue.sim('POST', 'walk', { stepMs: 10, volatilityPctPerMinute: 50 });
    const prices = async (): Promise<unknown> => (await venue.sim('GET', 'truth')).body['prices'];
    await expect.poll(prices).not.toMatchObject({ [SYMBOL]: { last: '98' } });
  });

  test('a reset leaves what the start gave and nothing else', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({}));
    await venue.sim('POST', 'reset');
    expect((await venue.sim('GET', 'truth')).body).toMatchObject({
      accounts: [],
      positions: [],
      executions: [],
      prices: {},
    });
    expect((await venue.get('position/list', USDT)).body.retCode).toBe(10003);
  });
});
