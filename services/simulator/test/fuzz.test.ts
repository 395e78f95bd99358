import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PRIVATE_ROUTES, PUBLIC_ROUTES } from '../src/http/routes.ts';
import { wrongInBooks } from './books.ts';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const RUNS = { numRuns: 350, seed: 26, endOnFailure: true };

const WORDS = [
  '', '0', '1', '-1', '1e9', '0.1', '100', '99999999999999999999999999', 'NaN', '%', '%2C', '%252C', ' ', 'Buy', 'Limit',
  'linear', 'inverse', SYMBOL, 'USDT', 'Full', 'Partial', 'Sell', 'Market', 'constructor', '__proto__', 'LastPrice',
  'StopOrder', 'PostOnly', 'a,b', `${SYMBOL}%2C1%2C0`, '5:2,5:2', 'ISOLATED_MARGIN', '1700000000000',
] as const; // prettier-ignore
const text = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 12 }));
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: text },
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.array(fc.oneof(text, fc.dictionary(text, text)), { maxLength: 3 }),
);
const NAMES = [
  'category', 'symbol', 'side', 'orderType', 'qty', 'price', 'orderLinkId', 'orderId', 'reduceOnly', 'closeOnTrigger',
  'positionIdx', 'triggerPrice', 'triggerDirection', 'triggerBy', 'stopLoss', 'takeProfit', 'tpslMode', 'trailingStop',
  'activePrice', 'tpSize', 'slSize', 'tpOrderType', 'slOrderType', 'tpLimitPrice', 'slLimitPrice', 'timeInForce', 'request',
  'settleCoin', 'baseCoin', 'coin', 'limit', 'cursor', 'startTime', 'endTime', 'openOnly', 'orderFilter', 'orderStatus',
  'execType', 'mode', 'buyLeverage', 'sellLeverage', 'setMarginMode', 'margin', 'autoAddMargin', 'timeWindow', 'interval',
  'accountType', 'slippageTolerance', 'slippageToleranceType', 'utaDemoApplyMoney', 'start', 'end', 'status',
] as const; // prettier-ignore
const CONTROL_NAMES = [
  'account', 'accounts', 'instruments', 'faults', 'kind', 'seed', 'stop', 'symbol', 'price', 'qty', 'side', 'orderType',
  'orderId', 'advanceMs', 'tickSize', 'limits', 'streams', 'spreadTicks', 'depthNotional', 'name', 'prices', 'source',
  'moves', 'csv', 'rate', 'options', 'positionIdx', 'percent', 'fromMs', 'count', 'restLagMs',
] as const; // prettier-ignore

function bodies(names: readonly string[], ...bases: readonly object[]): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(fc.constantFrom({}, ...bases), fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }))
    .map(([base, fields]) => ({ ...base, ...fields }));
}

const near = { ...order({ orderType: 'Limit', price: '99' }) };
const stop = { category: 'linear', symbol: SYMBOL, positionIdx: 0, tpslMode: 'Full', stopLoss: '90' };
const closing = { ...order({ side: 'Sell', reduceOnly: true }) };
const body = bodies(
  NAMES,
  { category: 'linear', symbol: SYMBOL },
  order({}),
  order({ stopLoss: '95' }),
  near,
  stop,
  closing,
);
const query = body.map((fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, textOf(field)])),
);
const CONTROLS = [
  'accounts', 'price', 'walk', 'prices', 'options', 'desired', 'orders', 'orders/cancel', 'faults', 'instruments', 'clock',
  'scenario', 'funding', 'fees', 'liquidate', 'adl', 'settle',
] as const; // prettier-ignore

/** Any of these characters. */
function of(characters: string): fc.Arbitrary<string> {
  return fc.constantFrom(...Array.from(characters));
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : JSON.stringify(field);
}

function endpointsOf(method: string): readonly string[] {
  const routes = [...Object.keys(PRIVATE_ROUTES), ...Object.keys(PUBLIC_ROUTES)];
  return routes.filter((route) => route.startsWith(`${method} `)).map((route) => route.slice(method.length + 1));
}

/** A reply of the exchange, never one of a simulator that failed, and books that are in order. */
async function expectSound(venue: Exchange): Promise<void> {
  expect(wrongInBooks(venue.simulator.engine.venue)).toEqual([]);
  expect((await venue.get('market/time')).body.retCode).toBe(0);
}

test('no body makes a command answer anything but a proper reply, and the books stay right', async () => {
  await using venue = await exchange();
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom(...endpointsOf('POST')), async (fields, endpoint) => {
      const { status, body: reply } = await venue.post(endpoint, fields);
      expect([status, typeof reply.retCode, typeof reply.retMsg]).toEqual([200, 'number', 'string']);
      expect(wrongInBooks(venue.simulator.engine.venue)).toEqual([]);
    }),
    { ...RUNS, numRuns: 800 },
  );
  await expectSound(venue);
});

test('no query does either', async () => {
  await using venue = await exchange();
  await venue.post('order/create', order({ stopLoss: '95' }));
  await venue.post('order/create', near);
  const endpoint = fc.constantFrom(...endpointsOf('GET'), 'constructor', 'order/../order/create', '%00');
  const raw = fc.string({ unit: of('%&=+,;:?ab02EF'), maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(query, endpoint, fc.option(raw, { nil: undefined }), async (fields, path, rawQuery) => {
      const twist = rawQuery === undefined ? {} : { rawQuery };
      const { status, body: reply } = await venue.get(path, fields, twist);
      expect([200, 404]).toContain(status);
      expect(typeof reply.retCode).toBe('number');
    }),
    { ...RUNS, numRuns: 600 },
  );
  await expectSound(venue);
});

test('a cursor that was made up or cut is refused, or a page is found behind it', async () => {
  await using venue = await exchange();
  for (const price of ['95', '96', '97']) await venue.post('order/create', { ...near, price });
  await venue.post('order/create', order({}));
  const listings = ['order/realtime', 'order/history', 'execution/list', 'position/list', 'position/closed-pnl'];
  const real: string[] = [];
  for (const endpoint of listings) {
    const { result } = (await venue.get(endpoint, { category: 'linear', symbol: SYMBOL })).body;
    real.push(result.nextPageCursor ?? '');
  }
  const cursor = fc.oneof(
    text,
    fc.tuple(fc.constantFrom(...real), fc.nat(60)).map(([given, length]) => given.slice(0, length)),
    fc.constantFrom(...real).map((given) => decodeURIComponent(given)),
  );
  await fc.assert(
    fc.asyncProperty(cursor, fc.constantFrom(...listings), async (given, endpoint) => {
      const { status, body: reply } = await venue.get(endpoint, { category: 'linear', symbol: SYMBOL, cursor: given });
      expect(status).toBe(200);
      expect([0, 10001]).toContain(reply.retCode);
    }),
    RUNS,
  );
});

test('headers of any content are refused by the gate and nothing else', async () => {
  await using venue = await exchange();
  const content = fc.oneof(
    fc.constantFrom(...WORDS, '9e99', '-5000', '0x10', 'main-key', 'Infinity'),
    fc.string({ unit: of(' abcXYZ019+/=-_.,;:{}"'), maxLength: 80 }),
  );
  const name = fc.constantFrom(
    'X-BAPI-API-KEY',
    'X-BAPI-TIMESTAMP',
    'X-BAPI-RECV-WINDOW',
    'X-BAPI-SIGN',
    'content-type',
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, content, { minKeys: 1 }), async (headers) => {
      const { status, body: reply } = await venue.post('order/create', order({}), { headers });
      expect([200, 401]).toContain(status);
      expect([0, -1, 10002, 10003, 10004]).toContain(reply.retCode);
    }),
    RUNS,
  );
  await expectSound(venue);
});

test('no control body makes the simulator fail, and the books stay right', async () => {
  await using venue = await exchange({ clock: 'virtual' });
  const fields = bodies(
    CONTROL_NAMES,
    { symbol: SYMBOL, price: '101' },
    { account: 'main', symbol: SYMBOL },
    { account: 'main', symbol: SYMBOL, side: 'Buy', qty: '1', orderType: 'Market' },
    { faults: [{ kind: 'gap', symbol: SYMBOL, percent: 3 }] },
    { source: 'walk', seed: 3 },
    { advanceMs: 700 },
  );
  await fc.assert(
    fc.asyncProperty(fields, fc.constantFrom(...CONTROLS), async (given, path) => {
      const { status } = await venue.sim('POST', path, given);
      expect([200, 400]).toContain(status);
      await venue.sim('DELETE', 'faults');
      expect(wrongInBooks(venue.simulator.engine.venue)).toEqual([]);
    }),
    { ...RUNS, numRuns: 500 },
  );
});

test.each(['', '{', 'null', '[]', '"x"', '\u0000', '{"category":{}}', '[['.repeat(5_000), '{"a":1e999}'])(
  'the raw body %j is refused like any other',
  async (rawBody) => {
    await using venue = await exchange();
    for (const endpoint of endpointsOf('POST')) {
      const reply = await venue.post(endpoint, {}, { rawBody });
      expect([reply.status, reply.body.retCode]).toEqual([200, 10001]);
    }
  },
);

test('bytes of any kind are a bad body', async () => {
  await using venue = await exchange();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const { status, body: reply } = await venue.post('order/create', {}, { rawBody: Buffer.from(bytes) });
      expect([status, reply.retCode]).toEqual([200, 10001]);
    }),
    { ...RUNS, numRuns: 150 },
  );
});

test('books that are wrong are noticed', async () => {
  await using venue = await exchange();
  await venue.post('order/create', order({}));
  await venue.post('order/create', near);
  const account = venue.simulator.engine.venue.accounts.get('main');
  const [position] = account?.positions.values() ?? [];
  const [resting] = account?.open ?? [];
  if (position !== undefined) position.size += 1n;
  if (resting !== undefined) account?.open.delete(resting);
  expect(wrongInBooks(venue.simulator.engine.venue)).toHaveLength(2);
});
