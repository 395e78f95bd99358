import { createServer } from 'node:net';
import { once } from 'node:events';
import { decimal } from '@backstop/core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { bybit, type BybitAccount, type Credentials, SocketPool } from '../src/index.ts';
import { free, watched } from './connect.ts';
import { hearStream, type HeardStream, ordersOf, PATIENCE } from './heard-stream.ts';
import { type SimulatorProcess, spawnSimulator, SYMBOL } from './simulator.ts';

let simulator: SimulatorProcess;
let pool: SocketPool;
let serial = 0;

beforeAll(async () => {
  simulator = await spawnSimulator();
  pool = new SocketPool({ maxSockets: 4 });
});

afterEach(async () => {
  await simulator.control('DELETE', 'faults');
});

afterAll(async () => {
  pool.close();
  await simulator[Symbol.asyncDispose]();
});

interface Named {
  readonly account: string;
  readonly credentials: Credentials;
}

async function freshAccount(): Promise<Named & { readonly rest: BybitAccount }> {
  serial += 1;
  const account = `stream-${serial}`;
  const credentials = await simulator.addAccount(account);
  return {
    account,
    credentials,
    rest: bybit({ account, credentials, baseUrl: simulator.baseUrl, hooks: watched(), pool }),
  };
}

async function strike(account: string, fault: object): Promise<void> {
  await simulator.control('POST', 'faults', { faults: [{ account, ...fault }] });
}

/** Rests an order, and waits until the stream has told of it. */
async function hearsOrder(stream: HeardStream, rest: BybitAccount): Promise<void> {
  serial += 1;
  const orderLinkId = `bs-heard-${serial}`;
  const spec = { symbol: SYMBOL, positionIdx: 0, orderLinkId, side: 'Buy', orderType: 'Limit' } as const;
  const terms = { qty: decimal('1'), price: decimal('90'), timeInForce: 'GTC' } as const;
  await rest.createOrders([{ ...spec, ...terms, reduceOnly: false, closeOnTrigger: false }], free());
  await expect.poll(() => ordersOf(stream.frames).map((row) => row.orderLinkId), PATIENCE).toContain(orderLinkId);
}

test('a wrong secret is down for credentials', async () => {
  const { credentials } = await freshAccount();
  using stream = hearStream(simulator, { credentials: { ...credentials, secret: 'wrong' } });
  expect(await stream.down()).toEqual({ reason: 'credentials', why: 'auth refused: Params Error' });
  expect(stream.life).toEqual(['admitted', expect.objectContaining({ reason: 'credentials' })]);
});

test('an unknown key is down for credentials', async () => {
  using stream = hearStream(simulator, { credentials: { apiKey: 'none', secret: 'none' } });
  expect(await stream.down()).toMatchObject({ reason: 'credentials' });
});

test('an exchange that does not answer the auth is down within the deadline, and the next attempt is ready', async () => {
  const { account, credentials, rest } = await freshAccount();
  await strike(account, { kind: 'auth-silent', count: 1 });
  using stream = hearStream(simulator, { credentials, timings: { readyWithinMs: 300 } });
  expect(await stream.down()).toEqual({ reason: 'silent', why: 'not subscribed within 300 ms' });
  await stream.ready();
  await hearsOrder(stream, rest);
});

test('a half-open connection is noticed and replaced', async () => {
  const { account, credentials, rest } = await freshAccount();
  using stream = hearStream(simulator, { credentials, timings: { pingEveryMs: 150, silentAfterMs: 300 } });
  await stream.ready();
  await strike(account, { kind: 'half-open' });
  expect(await stream.down()).toEqual({ reason: 'silent', why: 'nothing received for 300 ms' });
  await stream.ready(2);
  await hearsOrder(stream, rest);
});

test('pongs of the exchange keep a connection on which nothing happens', async () => {
  const { account, credentials } = await freshAccount();
  using stream = hearStream(simulator, { credentials, timings: { pingEveryMs: 150, silentAfterMs: 600 } });
  await stream.ready();
  await strike(account, { kind: 'socket-cut', fromMs: 1_800 });
  expect(await stream.down()).toMatchObject({ reason: 'closed' });
});

test('after a cut the stream is admitted again and ready with a new connection', async () => {
  const { account, credentials, rest } = await freshAccount();
  using stream = hearStream(simulator, { credentials });
  await stream.ready();
  await strike(account, { kind: 'socket-cut' });
  await stream.ready(2);
  expect(stream.life).toEqual([
    'admitted',
    'ready',
    expect.objectContaining({ reason: 'closed' }),
    'admitted',
    'ready',
  ]);
  await hearsOrder(stream, rest);
});

test('frames are told as they came: a doubled one twice, a late one late, a lost one never', async () => {
  const { account, credentials, rest } = await freshAccount();
  using stream = hearStream(simulator, { credentials });
  await stream.ready();
  await strike(account, { kind: 'frame-duplicated', endpoint: 'order', count: 1 });
  await strike(account, { kind: 'frame-dropped', endpoint: 'position', count: 1 });
  await hearsOrder(stream, rest);
  await strike(account, { kind: 'frame-delayed', ms: 100, endpoint: 'order', count: 1 });
  await hearsOrder(stream, rest);
  await expect
    .poll(() => stream.frames.map(({ topic }) => topic), PATIENCE)
    .toEqual(['order', 'order', 'position', 'order']);
});

test('an address where nobody listens refuses', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  const { credentials } = await freshAccount();
  using stream = hearStream({ baseUrl: `http://127.0.0.1:${port}` }, { credentials });
  expect(await stream.down(2)).toEqual({ reason: 'refused', why: `connect ECONNREFUSED 127.0.0.1:${port}` });
});

test('a path that is no stream refuses with its status', async () => {
  const { credentials } = await freshAccount();
  const url = `${simulator.baseUrl.replace('http', 'ws')}/v5/elsewhere`;
  using stream = hearStream(simulator, { credentials, url });
  expect(await stream.down(2)).toEqual({ reason: 'refused', why: 'the exchange answered 404' });
});

test('what is no address of a WebSocket refuses', async () => {
  const { credentials } = await freshAccount();
  using stream = hearStream(simulator, { credentials, url: 'ftp://exchange' });
  expect(await stream.down(2)).toMatchObject({ reason: 'refused' });
});

const truth = z.object({ streams: z.object({ connections: z.object({ private: z.number() }) }) });

test('a closed stream leaves no socket, whether it was connecting or ready', async () => {
  await using other = await spawnSimulator();
  const credentials = await other.addAccount('closed');
  const seen = async (): Promise<number> =>
    truth.parse(await other.control('GET', 'truth')).streams.connections.private;
  expect(await seen()).toBe(0);
  const before = handles();
  const ready = hearStream(other, { credentials });
  await ready.ready();
  expect(await seen()).toBe(1);
  expect(handles()).toBeGreaterThan(before);
  ready[Symbol.dispose]();
  const connecting = hearStream(other, { credentials });
  await expect.poll(() => connecting.life.length, PATIENCE).toBeGreaterThan(0);
  connecting[Symbol.dispose]();
  await expect.poll(seen, PATIENCE).toBe(0);
  await expect.poll(handles, PATIENCE).toBeLessThanOrEqual(before);
  expect(ready.life).toEqual(['admitted', 'ready']);
  expect(connecting.life).toEqual(['admitted']);
});

/** TCP sockets of this process. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}
