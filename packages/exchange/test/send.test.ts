import { inspect } from 'node:util';
import { ExchangeError } from '@backstop/core';
import { expect, test } from 'vitest';
import { send } from '../src/bybit/send.ts';
import { departing, lostFence, watched, wireTo } from './connect.ts';
import { failureOf, READ, WRITE } from './requests.ts';
import { type Answer, CREDENTIALS, ok, refusal, WireServer } from './wire-server.ts';

const listing: Answer = () => ok({ list: [] });

test('reads and writes are signed over the bytes on the wire, with their own recv_window', async () => {
  await using server = await WireServer.start(listing);
  const wire = wireTo(server.url);
  await send(wire, READ);
  await send(wire, WRITE);
  expect(server.received.map(({ headers }) => headers['x-bapi-recv-window'])).toEqual(['5000', '2000']);
  expect(server.received[1]?.body).toBe('{"category":"linear","symbol":"BTCUSDT","orderId":"ü 1"}');
});

test('S-29 S-31 the steps of a write are budget, stamp, intent, signature, and one report', async () => {
  const steps: string[] = [];
  await using server = await WireServer.start(() => {
    steps.push('sent');
    return ok({});
  });
  const hooks = watched(async () => void steps.push('admit'));
  const stampedBeforeMs: number[] = [];
  const beforeSend = async (): Promise<void> => {
    steps.push('intent');
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    stampedBeforeMs.push(Date.now());
  };
  await send(wireTo(server.url, { hooks }), { ...WRITE, beforeSend });
  expect(steps).toEqual(['admit', 'intent', 'sent']);
  expect(Number(server.received[0]?.headers['x-bapi-timestamp'])).toBeLessThan(stampedBeforeMs[0] ?? 0);
  expect(hooks.reports).toMatchObject([{ account: 'main', endpoint: 'order-cancel', outcome: 'ok' }]);
});

test('S-31 the budget is looked at once more before the intent, and in the last moment before the signature', async () => {
  const steps: string[] = [];
  await using server = await WireServer.start(() => {
    steps.push('sent');
    return ok({});
  });
  const hooks = watched(async () => departing(async () => void steps.push('budget')));
  await send(wireTo(server.url, { hooks }), { ...WRITE, beforeSend: async () => void steps.push('intent') });
  expect(steps).toEqual(['budget', 'intent', 'budget', 'sent']);
});

test.each([
  { when: 'before the intent is stored', refusedAt: 1, intents: 0 },
  { when: 'after the intent was stored', refusedAt: 2, intents: 1 },
])('a request whose budget has grown old $when and is refused is not sent', async ({ refusedAt, intents }) => {
  await using server = await WireServer.start(listing);
  const refused = new ExchangeError('not-sent', 'no budget', { retryAfterMs: 300 });
  let looks = 0;
  let stored = 0;
  let arrivals = 0;
  const depart = async (): Promise<void> => {
    looks += 1;
    if (looks === refusedAt) throw refused;
  };
  const hooks = watched(async () => departing(depart, () => (arrivals += 1)));
  const beforeSend = async (): Promise<void> => void (stored += 1);
  expect(await failureOf(send(wireTo(server.url, { hooks }), { ...WRITE, beforeSend }))).toBe(refused);
  expect(stored).toBe(intents);
  expect(arrivals).toBe(0);
  expect(server.received).toEqual([]);
  expect(hooks.reports).toMatchObject([{ outcome: 'not-sent', durationMs: 0 }]);
});

test('public market data takes its budget anew as well, though nothing is signed', async () => {
  await using server = await WireServer.start(listing);
  let looks = 0;
  const hooks = watched(async () => departing(async () => void (looks += 1)));
  await send(wireTo(server.url, { hooks, credentials: undefined }), {
    ...READ,
    endpoint: 'market',
    call: (sdk) => sdk.getTickers({ category: 'linear' }),
  });
  expect(looks).toBeGreaterThan(0);
});

test('a stamp that has too little of its time left for the way is not sent: the exchange would refuse it', async () => {
  await using server = await WireServer.start(listing);
  const never = new Int32Array(new SharedArrayBuffer(4));
  const stalled = async (): Promise<void> => void Atomics.wait(never, 0, 0, 1_510); // the whole process, as SIGSTOP does it
  const error = await failureOf(send(wireTo(server.url), { ...WRITE, beforeSend: stalled }));
  expect(error).toMatchObject({ reason: 'not-sent' });
  expect(error.message).toMatch(/stamped \d+ ms before its signature/);
  expect(server.received).toEqual([]);
});

test('a throw of the intent sends nothing and is not-sent', async () => {
  await using server = await WireServer.start(listing);
  const wire = wireTo(server.url);
  const error = await failureOf(send(wire, { ...WRITE, beforeSend: lostFence }));
  expect(error).toMatchObject({ reason: 'not-sent', message: 'not sent: another token holds the fence' });
  expect(server.received).toEqual([]);
  expect(wire.hooks.reports).toMatchObject([{ outcome: 'not-sent', durationMs: 0 }]);
});

test('a refusal by the budget sends nothing and is passed on as it is', async () => {
  await using server = await WireServer.start(listing);
  const refused = new ExchangeError('not-sent', 'no budget', { retryAfterMs: 300 });
  const hooks = watched(() => Promise.reject(refused));
  expect(await failureOf(send(wireTo(server.url, { hooks }), WRITE))).toBe(refused);
  expect(server.received).toEqual([]);
  expect(hooks.reports).toEqual([]);
});

test('an abort while the intent is stored sends nothing', async () => {
  await using server = await WireServer.start(listing);
  const controller = new AbortController();
  const beforeSend = async (): Promise<void> => controller.abort();
  const error = await failureOf(send(wireTo(server.url), { ...WRITE, signal: controller.signal, beforeSend }));
  expect(error.reason).toBe('not-sent');
  expect(server.received).toEqual([]);
});

test.each([
  { effect: 'write', reason: 'unknown' },
  { effect: 'read', reason: 'not-sent' },
] as const)('an abort after a $effect has left is $reason', async ({ effect, reason }) => {
  const controller = new AbortController();
  await using server = await WireServer.start(() => {
    controller.abort();
    return undefined;
  });
  const wire = wireTo(server.url);
  const request = { ...(effect === 'write' ? WRITE : READ), signal: controller.signal };
  expect(await failureOf(send(wire, request))).toMatchObject({ reason, message: 'aborted before the reply' });
  expect(wire.hooks.reports).toMatchObject([{ outcome: 'aborted' }]);
});

test.each([
  { effect: 'write', reason: 'unknown' },
  { effect: 'read', reason: 'unavailable' },
] as const)('no reply in time to a $effect is $reason, even while bytes trickle in', async ({ effect, reason }) => {
  await using server = await WireServer.start((_request, response) => {
    const trickle = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(trickle));
    return undefined;
  });
  const wire = wireTo(server.url, { timeoutMs: { read: 80, write: 80 } });
  expect((await failureOf(send(wire, effect === 'write' ? WRITE : READ))).reason).toBe(reason);
  expect(wire.hooks.reports).toMatchObject([{ outcome: 'timeout' }]);
});

test.each([
  { effect: 'write', reason: 'unknown' },
  { effect: 'read', reason: 'unavailable' },
] as const)('a reset under a $effect is $reason', async ({ effect, reason }) => {
  await using server = await WireServer.start(({ socket }) => {
    socket.resetAndDestroy();
    return undefined;
  });
  const wire = wireTo(server.url);
  const error = await failureOf(send(wire, effect === 'write' ? WRITE : READ));
  expect(error).toMatchObject({ reason, message: 'no reply: ECONNRESET' });
  expect(wire.hooks.reports).toMatchObject([{ outcome: 'reset' }]);
});

test('a refused connection is unavailable even for a write: nothing can have happened', async () => {
  const server = await WireServer.start(listing);
  const { url } = server;
  await server[Symbol.asyncDispose]();
  const wire = wireTo(url);
  expect((await failureOf(send(wire, WRITE))).reason).toBe('unavailable');
  expect(wire.hooks.reports).toMatchObject([{ outcome: 'unreachable' }]);
});

test.each([
  { status: 401, reason: 'credentials' },
  { status: 403, reason: 'address-blocked', retryAfterMs: 600_000 },
  { status: 404, reason: 'rejected' },
  { status: 408, reason: 'unknown' },
  { status: 429, reason: 'unavailable', retryAfterMs: 1_000 },
  { status: 307, reason: 'rejected' },
  { status: 502, reason: 'unknown' },
  { status: 204, reason: 'unknown' },
])('HTTP $status to a write is $reason', async ({ status, reason, retryAfterMs }) => {
  await using server = await WireServer.start((_request, response) => {
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('<html>no JSON</html>');
    return undefined;
  });
  const wire = wireTo(server.url);
  expect(await failureOf(send(wire, WRITE))).toMatchObject({ reason, code: status, retryAfterMs });
  expect(wire.hooks.reports).toMatchObject([{ outcome: `http-${status}` }]);
});

test('a page that is no V5 envelope is unknown after a write', async () => {
  await using server = await WireServer.start((_request, response) => {
    response.end('<html>all is well</html>');
    return undefined;
  });
  const wire = wireTo(server.url);
  expect((await failureOf(send(wire, WRITE))).reason).toBe('unknown');
  expect(wire.hooks.reports).toMatchObject([{ outcome: 'malformed' }]);
});

test('S-32 the report carries the limit headers and the skew of the clocks without the latency', async () => {
  await using server = await WireServer.start(async (_request, response) => {
    response.setHeader('X-Bapi-Limit', '50');
    response.setHeader('X-Bapi-Limit-Status', '49');
    response.setHeader('X-Bapi-Limit-Reset-Timestamp', '1700000000000');
    const time = Date.now() + 5_000;
    return { ...ok({ list: [] }), time };
  });
  const wire = wireTo(server.url);
  await send(wire, READ);
  const [report] = wire.hooks.reports;
  expect(report?.limit).toEqual({ limit: 50, remaining: 49, resetAtMs: 1_700_000_000_000 });
  expect(Math.abs((report?.skewMs ?? 0) - 5_000)).toBeLessThan(500);
});

test('a rate limit says when its window ends', async () => {
  await using server = await WireServer.start((_request, response) => {
    const time = 1_700_000_000_000;
    response.setHeader('X-Bapi-Limit', '10');
    response.setHeader('X-Bapi-Limit-Status', '0');
    response.setHeader('X-Bapi-Limit-Reset-Timestamp', String(time + 420));
    return { ...refusal(10006, 'Too many visits!'), time };
  });
  const wire = wireTo(server.url);
  expect(await failureOf(send(wire, WRITE))).toMatchObject({ reason: 'rate-limited', code: 10006, retryAfterMs: 420 });
  expect(wire.hooks.reports).toMatchObject([{ outcome: '10006', limit: { remaining: 0 } }]);
});

test('no error, report or JSON of them shows key, secret or signature', async () => {
  let signature = '';
  const leaky: readonly Answer[] = [
    ({ headers }) =>
      refusal(10004, `error sign! origin_string[1${CREDENTIALS.apiKey}5000${String(headers['x-bapi-sign'])}]`),
    () => refusal(10001, `params error: ${encodeURIComponent(CREDENTIALS.secret)} ${CREDENTIALS.secret}`),
    (_request, response) => void response.writeHead(502).end(CREDENTIALS.secret),
    ({ socket }) => void socket.resetAndDestroy(),
    () => undefined,
    (_request, response) => void response.end(CREDENTIALS.apiKey),
  ];
  for (const answer of leaky) {
    await using server = await WireServer.start((request, response) => {
      signature = String(request.headers['x-bapi-sign']);
      return answer(request, response);
    });
    const wire = wireTo(server.url, { timeoutMs: { read: 80, write: 80 } });
    const error = await failureOf(send(wire, WRITE));
    const shown = [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), error.stack, String(error)];
    shown.push(inspect(wire.hooks.reports, { depth: 10 }));
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    for (const hidden of [CREDENTIALS.apiKey, CREDENTIALS.secret, encodeURIComponent(CREDENTIALS.secret), signature]) {
      expect(shown.join('\n')).not.toContain(hidden);
    }
  }
});
