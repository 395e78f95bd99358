import { describe, expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';
import { connect } from './streams/socket.ts';

const LINEAR = { category: 'linear', symbol: SYMBOL };
const ON = { account: 'main', symbol: SYMBOL };

async function happen(venue: Exchange, ...faults: readonly object[]): Promise<readonly Record<string, unknown>[]> {
  const { status, body } = await venue.sim('POST', 'faults', { faults });
  expect([status, body['error']]).toEqual([200, undefined]);
  return Object(body['faults']);
}

async function position(venue: Exchange): Promise<unknown> {
  return (await venue.get('position/list', LINEAR)).body.result.list?.[0];
}

async function truth(venue: Exchange, field: string): Promise<unknown> {
  return (await venue.sim('GET', 'truth')).body[field];
}

describe('what happens in the world', () => {
  test('a gap jumps through a stop, which executes on its far side', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({ stopLoss: '95' }));
    await happen(venue, { kind: 'gap', symbol: SYMBOL, percent: -10 });
    expect(await truth(venue, 'prices')).toMatchObject({ [SYMBOL]: { last: '90' } });
    expect(await truth(venue, 'positions')).toMatchObject([{ closeReason: 'StopLoss' }]);
    const { list } = (await venue.get('execution/list', LINEAR)).body.result;
    expect(list?.[0]).toMatchObject({ side: 'Sell', execPrice: expect.stringMatching(/^(90|89\.9)$/) });
  });

  test('the owner of the account opens, protects, unprotects and closes by hand', async () => {
    await using venue = await exchange();
    await happen(venue, { kind: 'manual-open', ...ON, side: 'Sell', qty: '2' });
    expect(await position(venue)).toMatchObject({ side: 'Sell', size: '2', stopLoss: '' });
    await happen(venue, { kind: 'manual-move-stop', ...ON, stop: '105' });
    expect(await position(venue)).toMatchObject({ stopLoss: '105' });
    await happen(venue, { kind: 'manual-cancel-stop', ...ON });
    expect(await position(venue)).toMatchObject({ size: '2', stopLoss: '' });
    expect(await truth(venue, 'wrongCancels')).toEqual([]);
    await happen(venue, { kind: 'manual-close', ...ON, qty: '0.5' });
    expect(await position(venue)).toMatchObject({ size: '1.5' });
    await happen(venue, { kind: 'manual-close', ...ON });
    expect(await truth(venue, 'positions')).toMatchObject([{ closeReason: 'ManualMarket' }]);
  });

  test.each([
    ['liquidation', 'BustTrade'],
    ['adl', 'AdlTrade'],
  ])('a %s takes the position', async (kind, execType) => {
    await using venue = await exchange();
    await venue.post('order/create', order({ qty: '2' }));
    await happen(venue, { kind, ...ON });
    expect(await position(venue)).toMatchObject({ size: '0' });
    expect((await venue.get('execution/list', LINEAR)).body.result.list?.[0]).toMatchObject({ execType });
  });

  test('funding is settled at the rate that is given', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({ qty: '2' }));
    await happen(venue, { kind: 'funding', symbol: SYMBOL, rate: '0.001' });
    const { list } = (await venue.get('execution/list', { ...LINEAR, execType: 'Funding' })).body.result;
    expect(list).toMatchObject([{ execType: 'Funding', execFee: '0.2', feeRate: '0.001', orderQty: '0' }]);
  });

  test('a contract gets another lot and tick under its orders', async () => {
    await using venue = await exchange();
    await happen(venue, {
      kind: 'instrument-change',
      symbol: SYMBOL,
      qtyStep: '0.5',
      minOrderQty: '0.5',
      tickSize: '0.5',
    });
    const { list } = (await venue.get('market/instruments-info', LINEAR)).body.result;
    expect(list).toMatchObject([{ lotSizeFilter: { qtyStep: '0.5' }, priceFilter: { tickSize: '0.5' } }]);
    expect((await venue.post('order/create', order({ qty: '0.7' }))).body.retCode).toBe(10001);
  });

  test('a restart forgets closed orders, cuts the sockets and refuses requests for a while', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await venue.post('order/create', order({ orderLinkId: 'done' }));
    using socket = await connect(venue.url, '/v5/private');
    const closed = async (): Promise<unknown> =>
      (await venue.get('order/realtime', { ...LINEAR, openOnly: '1' })).body.result.list;
    expect(await closed()).toHaveLength(1);
    await happen(venue, { kind: 'service-restart', ms: 2_000 });
    expect(await socket.closed).toBe(1006);
    expect((await venue.get('account/info')).body.retCode).toBe(10016);
    await venue.sim('POST', 'clock', { advanceMs: 2_000 });
    expect(await closed()).toEqual([]);
    expect((await venue.get('order/realtime', { ...LINEAR, orderLinkId: 'done' })).body.result.list).toEqual([]);
    expect((await venue.get('order/history', { ...LINEAR, orderLinkId: 'done' })).body.result.list).toHaveLength(1);
  });

  test('it comes at its moment, as often as it is to come, and not before or after', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    await happen(venue, { kind: 'gap', symbol: SYMBOL, percent: 10, fromMs: 1_000, everyMs: 500, count: 3 });
    const seen: unknown[] = [];
    for (const advanceMs of [999, 1, 499, 1, 500, 9_999]) {
      await venue.sim('POST', 'clock', { advanceMs });
      seen.push(await truth(venue, 'prices'));
    }
    const lasts = ['100', '110', '110', '121', '133.1', '133.1'];
    expect(seen).toMatchObject(lasts.map((last) => ({ [SYMBOL]: { last } })));
    await happen(venue, { kind: 'gap', symbol: SYMBOL, price: '200', everyMs: 10, untilMs: 25 });
    await venue.sim('POST', 'clock', { advanceMs: 100 });
    expect((await venue.sim('GET', 'faults')).body['faults']).toMatchObject([{ hits: 3 }, { hits: 3 }]);
  });

  test('what chance spares is no hit, and its turn is over all the same', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    const open = { kind: 'manual-open', ...ON, side: 'Buy', qty: '1', everyMs: 10, count: 40 };
    await happen(venue, { ...open, probability: 0 }, { ...open, probability: 0.5 });
    await venue.sim('POST', 'clock', { advanceMs: 1_000 });
    const faults = (await venue.sim('GET', 'faults')).body['faults'];
    expect(faults).toMatchObject([{ hits: 0 }, { hits: expect.any(Number) }]);
    const hits = Number(Object(faults)[1].hits);
    expect(await truth(venue, 'executions')).toHaveLength(hits);
    expect(hits).toBeGreaterThan(5);
    expect(hits).toBeLessThan(35);
  });

  test('under a real clock it comes by itself', async () => {
    await using venue = await exchange();
    await happen(venue, { kind: 'gap', symbol: SYMBOL, price: '104', fromMs: 30 });
    await expect
      .poll(async () => truth(venue, 'prices'), { timeout: 15_000 })
      .toMatchObject({ [SYMBOL]: { last: '104' } });
  });

  test('what the exchange refuses to do is written on the fault', async () => {
    await using venue = await exchange();
    const [fault] = await happen(venue, { kind: 'manual-close', ...ON });
    expect(fault).toMatchObject({ hits: 1, problem: 'orderQty will be truncated to zero' });
  });

  test('a name that does not exist is a fault of the body, and nothing of it is taken', async () => {
    await using venue = await exchange();
    const faults = [
      { kind: 'gap', symbol: SYMBOL, percent: 5 },
      { kind: 'gap', symbol: 'NOUSDT' },
      { kind: 'manual-close', account: 'nobody', symbol: 'NOUSDT' },
    ];
    const refused = await venue.sim('POST', 'faults', { faults });
    expect([refused.status, refused.body['faults']]).toMatchObject([400, [{ path: 'faults.1.price' }]]);
    const unknown = await venue.sim('POST', 'faults', { faults: [faults[0], faults[2]] });
    expect([unknown.status, unknown.body['faults']]).toMatchObject([
      400,
      [
        { path: 'faults.1.account', message: 'no account nobody' },
        { path: 'faults.1.symbol', message: 'no instrument NOUSDT' },
      ],
    ]);
    expect(await truth(venue, 'prices')).toMatchObject({ [SYMBOL]: { last: '100' } });
  });
});

describe('a scenario', () => {
  const scenario = {
    name: 'a gap after a while',
    accounts: [{ name: 'second', apiKey: 'second-key', secret: 'second-secret' }],
    instruments: [{ symbol: 'GAPUSDT', tickSize: '0.5', qtyStep: '1', price: '50' }],
    options: { spreadTicks: 2, restLagMs: 0 },
    prices: [{ source: 'script', symbol: 'GAPUSDT', moves: [{ atMs: 500, price: '60' }] }],
    faults: [{ kind: 'manual-open', account: 'second', symbol: 'GAPUSDT', side: 'Buy', qty: '3', fromMs: 100 }],
  };

  test('brings its own world and lets its faults come at their moments', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    const begun = await venue.sim('POST', 'scenario', scenario);
    expect(begun).toMatchObject({ status: 200, body: { scenario: scenario.name, faults: [{ hits: 0 }] } });
    await venue.sim('POST', 'clock', { advanceMs: 1_000 });
    expect(await truth(venue, 'positions')).toMatchObject([{ account: 'second', symbol: 'GAPUSDT', side: 'Buy' }]);
    expect(await truth(venue, 'prices')).toMatchObject({ GAPUSDT: { last: '60' } });
  });

  test('that is about something unknown is refused whole', async () => {
    await using venue = await exchange();
    const { instruments: _instruments, ...rest } = scenario;
    const refused = await venue.sim('POST', 'scenario', rest);
    expect([refused.status, refused.body['faults']]).toMatchObject([
      400,
      [
        { path: 'prices.0', message: 'no instrument GAPUSDT' },
        { path: 'faults.0.symbol', message: 'no instrument GAPUSDT' },
      ],
    ]);
    expect(await truth(venue, 'accounts')).toHaveLength(1);
  });
});

test('a control body about nobody or nothing is told so by its field', async () => {
  await using venue = await exchange();
  const fields = { account: 'nobody', symbol: SYMBOL, side: 'Buy', qty: '1', orderType: 'Market' };
  const unknown = await venue.sim('POST', 'orders', fields);
  expect([unknown.status, unknown.body['faults']]).toEqual([400, [{ path: 'account', message: 'no account nobody' }]]);
  const unlisted = await venue.sim('POST', 'price', { symbol: 'NOUSDT', price: '1' });
  expect([unlisted.status, unlisted.body['faults']]).toEqual([
    400,
    [{ path: 'symbol', message: 'no instrument NOUSDT' }],
  ]);
  const negative = await venue.sim('POST', 'options', { protection: '-0.1', depthNotional: '-1' });
  expect(negative.body['faults']).toMatchObject([{ path: 'depthNotional' }, { path: 'protection' }]);
});
