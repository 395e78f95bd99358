import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import { authFrame, connect } from './socket.ts';

const RUNS = { numRuns: 150, seed: 11, endOnFailure: true };

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('order', 'order.linear', `tickers.${SYMBOL}`, 'auth', 'constructor', '__proto__', 'main-key', 1e308),
);
const op = fc.oneof(
  fc.constantFrom('ping', 'auth', 'subscribe', 'unsubscribe', 'order.create', 'order.amend', 'order.cancel-batch'),
  value,
);
const item = fc.dictionary(
  fc.constantFrom('category', 'symbol', 'side', 'orderType', 'qty', 'price', 'request', 'orderId', 'takeProfit'),
  fc.oneof(value, fc.constantFrom('linear', SYMBOL, 'Buy', 'Market', '1', '-1', '1e9')),
);
const frame = fc.oneof(
  fc
    .record(
      {
        op,
        args: fc.oneof(value, fc.array(fc.oneof(value, item), { maxLength: 4 })),
        req_id: value,
        reqId: value,
        header: fc.oneof(
          value,
          fc.constant({ 'X-BAPI-TIMESTAMP': String(Date.now() + 500), 'X-BAPI-RECV-WINDOW': '9e9' }),
        ),
      },
      { requiredKeys: [] },
    )
    .map((fields) => JSON.stringify(fields)),
  fc.jsonValue().map((any) => JSON.stringify(any)),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '{}', '[]', 'null', '{"op":{}}', '"ping"', `{"op":"subscribe","args":["${'x'.repeat(30_000)}"]}`),
);

test.each(['/v5/public/linear', '/v5/private', '/v5/trade', '/v5/public/spot'])(
  'whatever is sent to %s, the socket stays open and the exchange goes on',
  async (path) => {
    await using venue = await exchange();
    using socket = await connect(venue.url, path);
    if (path !== '/v5/public/linear' && path !== '/v5/public/spot') await socket.ask(authFrame());
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), async (frames) => {
        for (const content of frames) socket.raw.send(content);
        expect(await socket.ask({ op: 'ping' })).toBeDefined();
        expect(socket.raw.readyState).toBe(socket.raw.OPEN);
      }),
      RUNS,
    );
    expect((await venue.post('order/create', order({}))).body.retCode).toBe(0);
  },
);

test.each([
  ['a header whose time is an object', '/v5/trade', { op: 'order.create', header: { 'X-BAPI-TIMESTAMP': '?' } }],
  ['topics nested deeper than the stack', '/v5/private', { op: 'subscribe', args: ['?'] }],
  ['topics nested deeper than the stack', '/v5/public/linear', { op: 'unsubscribe', args: ['?'] }],
  ['an order nested deeper than the stack', '/v5/trade', { op: 'order.create', args: ['?'] }],
])('%s gets an answer on %s', async (what, path, content) => {
  await using venue = await exchange();
  using socket = await connect(venue.url, path);
  if (path !== '/v5/public/linear') await socket.ask(authFrame());
  const nested = what.includes('nested') ? `${'['.repeat(200_000)}${']'.repeat(200_000)}` : '{"toString":null}';
  socket.raw.send(JSON.stringify({ ...content, req_id: 'odd', reqId: 'odd' }).replace('"?"', nested));
  expect(await socket.until(({ req_id: id, reqId }) => id === 'odd' || reqId === 'odd')).toBeDefined();
});

test('a failure of the exchange ends the socket that ran into it and no other', async () => {
  await using venue = await exchange();
  using unlucky = await connect(venue.url, '/v5/private');
  using other = await connect(venue.url, '/v5/public/linear');
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(venue.simulator.engine.venue.accountsByKey, 'get').mockImplementation(() => {
    throw new Error('broken');
  });
  unlucky.send(authFrame());
  expect(await unlucky.closed).toBe(1006);
  vi.restoreAllMocks();
  expect(told).toHaveBeenCalledWith(expect.stringContaining('broken'));
  expect(await other.ask({ op: 'ping' })).toMatchObject({ success: true });
});

test('a frame over a megabyte ends its own socket with 1009 and no other', async () => {
  await using venue = await exchange();
  using big = await connect(venue.url, '/v5/public/linear', { perMessageDeflate: false });
  using other = await connect(venue.url, '/v5/public/linear');
  big.raw.send(JSON.stringify({ op: 'ping', pad: 'x'.repeat(1_100_000) }));
  expect(await big.closed).toBe(1009);
  expect(await other.ask({ op: 'ping' })).toMatchObject({ success: true });
});

test('bytes that are no frame of the protocol end their socket and no other', async () => {
  await using venue = await exchange();
  using broken = await connect(venue.url, '/v5/private');
  using other = await connect(venue.url, '/v5/private');
  const { _socket: stream }: { _socket?: { write?: unknown } } = Object(broken.raw);
  if (typeof stream?.write === 'function') stream.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x00]));
  expect(await broken.closed).toBeGreaterThan(1_000);
  expect(await other.ask({ op: 'ping' })).toMatchObject({ op: 'pong' });
});
