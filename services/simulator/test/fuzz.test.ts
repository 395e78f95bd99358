import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exchange, SYMBOL } from './exchange-client.ts';

const text = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '1e9',
    '0.1',
    '99999999999999999999999999',
    'NaN',
    '%',
    '%2C',
    ' ',
    'Buy',
    'Limit',
  ),
  fc.constantFrom('linear', 'inverse', SYMBOL, 'USDT', 'Full', 'Partial', 'Sell', 'Market', 'constructor', '__proto__'),
  fc.string({ maxLength: 12 }),
);
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
  'positionIdx', 'triggerPrice', 'triggerDirection', 'stopLoss', 'takeProfit', 'tpslMode', 'trailingStop', 'activePrice',
  'request', 'settleCoin', 'limit', 'cursor', 'startTime', 'mode', 'buyLeverage', 'accounts', 'instruments', 'faults',
  'seed', 'stop', 'account', 'advanceMs', 'tickSize', 'orderFilter',
] as const; // prettier-ignore
const valid = { category: 'linear', symbol: SYMBOL, side: 'Buy', orderType: 'Market', qty: '1' };
const body = fc
  .tuple(fc.constantFrom({}, valid), fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 6 }))
  .map(([base, fields]) => ({ ...base, ...fields }));

const POSTS = [
  'order/create', 'order/amend', 'order/cancel', 'order/cancel-all', 'order/create-batch', 'order/amend-batch',
  'order/cancel-batch', 'position/trading-stop', 'position/set-leverage', 'position/switch-mode',
] as const; // prettier-ignore
const GETS = [
  'position/list', 'order/realtime', 'order/history', 'execution/list', 'account/wallet-balance', 'account/fee-rate',
  'market/instruments-info', 'market/tickers', 'user/query-api', 'constructor',
] as const; // prettier-ignore
const CONTROLS = [
  'price',
  'walk',
  'options',
  'desired',
  'orders',
  'orders/cancel',
  'faults',
  'instruments',
  'clock',
] as const;

const textOf = (field: unknown): string => (typeof field === 'string' ? field : JSON.stringify(field));

test('no body and no query makes it answer anything but a proper reply', async () => {
  await using venue = await exchange();
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom(...POSTS), fc.constantFrom(...GETS), async (fields, post, get) => {
      const posted = await venue.post(post, fields);
      expect(posted.status).toBe(200);
      expect(posted.body.retCode).toBeTypeOf('number');
      const query = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, textOf(field)]));
      expect((await venue.get(get, query)).status).toBeLessThan(500);
    }),
    { numRuns: 400 },
  );
}, 30_000);

test('no control body does either', async () => {
  await using venue = await exchange();
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom(...CONTROLS), async (fields, path) => {
      expect((await venue.sim('POST', path, fields)).status).toBeLessThan(500);
      await venue.sim('DELETE', 'faults');
    }),
    { numRuns: 300 },
  );
}, 30_000);

test.each(['', '{', 'null', '[]', '"x"', '\u0000', '{"category":{}}'])(
  'the raw body %j is refused like any other',
  async (rawBody) => {
    await using venue = await exchange();
    for (const endpoint of POSTS) {
      const reply = await venue.post(endpoint, {}, { rawBody });
      expect([reply.status, reply.body.retCode]).toEqual([200, 10001]);
    }
  },
);
