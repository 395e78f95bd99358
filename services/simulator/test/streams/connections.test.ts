import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { exchange } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { connect, privateSocket } from './socket.ts';
import type { Socket } from './socket.ts';

const PUBLIC = '/v5/public/linear';

async function pings(socket: Socket): Promise<boolean> {
  const answered = socket.ask({ op: 'ping' }).then(() => true);
  return Promise.race([answered, socket.closed.then(() => false)]);
}

async function pass(venue: Exchange, ms: number): Promise<void> {
  await venue.sim('POST', 'clock', { advanceMs: ms });
}

describe('a connection that is silent', () => {
  test('is cut after ten minutes, at the next look of the ticker', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using socket = await connect(venue.url, PUBLIC);
    await pass(venue, 599_999);
    expect(await pings(socket)).toBe(true);
    await pass(venue, 630_000);
    expect(await pings(socket)).toBe(false);
    expect(await socket.closed).toBe(1006);
  });

  test('lives for as long as it says with max_active_time, on private and trade paths', async () => {
    await using venue = await exchange({ clock: 'virtual' });
    using short = await connect(venue.url, '/v5/private?max_active_time=30s');
    using long = await connect(venue.url, '/v5/trade?max_active_time=2m');
    using unheeded = await connect(venue.url, '/v5/private?max_active_time=5s');
    using market = await connect(venue.url, `${PUBLIC}?max_active_time=30s`);
    await pass(venue, 60_000);
    expect(await Promise.all([short, long, unheeded, market].map(pings))).toEqual([false, true, true, true]);
    await pass(venue, 150_000);
    expect(await Promise.all([long, unheeded, market].map(pings))).toEqual([false, true, true]);
  });

  test('is cut sooner when the option says so', async () => {
    await using venue = await exchange();
    await venue.sim('POST', 'options', { streams: { idleCutMs: 20, idleTickMs: 5 } });
    using socket = await connect(venue.url, PUBLIC);
    expect(await socket.closed).toBe(1006);
  });
});

describe('new connections', () => {
  test('are refused with 403 over the limit of an address, until the window has passed', async () => {
    await using venue = await exchange({ limits: 'real', clock: 'virtual' });
    await venue.sim('POST', 'options', { limits: { socketsPerWindow: 2, socketWindowMs: 1_000 } });
    using one = await connect(venue.url, PUBLIC);
    using two = await connect(venue.url, '/v5/private');
    await expect(connect(venue.url, '/v5/trade')).rejects.toThrow('403');
    await pass(venue, 1_001);
    using three = await connect(venue.url, '/v5/trade');
    expect(await Promise.all([one, two, three].map(pings))).toEqual([true, true, true]);
    expect((await venue.sim('GET', 'truth')).body['streams']).toMatchObject({
      connections: { public: 1, private: 1, trade: 1 },
      opened: 3,
      refused: 1,
    });
  });

  test('are refused with 403 over the most that an address may have open for one kind of market data', async () => {
    await using venue = await exchange({ limits: 'real' });
    await venue.sim('POST', 'options', { limits: { socketsPerAddress: 1 } });
    using first = await connect(venue.url, PUBLIC);
    await expect(connect(venue.url, PUBLIC)).rejects.toThrow('403');
    using spot = await connect(venue.url, '/v5/public/spot');
    expect(await pings(spot)).toBe(true);
    first.close();
    await first.closed;
    await expect.poll(async () => connect(venue.url, PUBLIC).then((socket) => socket.close())).toBeUndefined();
  });

  test('are not counted when limits are off', async () => {
    await using venue = await exchange({ limits: 'off' });
    await venue.sim('POST', 'options', { limits: { socketsPerWindow: 1 } });
    using one = await connect(venue.url, PUBLIC);
    using two = await connect(venue.url, PUBLIC);
    expect(await Promise.all([one, two].map(pings))).toEqual([true, true]);
  });
});

test('compression is negotiated with a client that offers it', async () => {
  await using venue = await exchange();
  using compressed = await connect(venue.url, PUBLIC);
  using plain = await connect(venue.url, PUBLIC, { perMessageDeflate: false });
  expect(compressed.raw.extensions).toContain('permessage-deflate');
  expect(plain.raw.extensions).toBe('');
  expect(await pings(compressed)).toBe(true);
});

test('a ping of the protocol is answered with its pong', async () => {
  await using venue = await exchange();
  using socket = await connect(venue.url, PUBLIC);
  const pong = new Promise<string>((resolve) => {
    socket.raw.once('pong', (data: Buffer) => resolve(data.toString()));
  });
  socket.raw.ping('here');
  expect(await pong).toBe('here');
});

test('a reset and the end of the exchange cut every socket', async () => {
  const venue = await exchange();
  using before = await privateSocket(venue.url, 'order');
  await venue.sim('POST', 'reset');
  expect(await before.closed).toBe(1006);
  using after = await connect(venue.url, PUBLIC);
  await venue[Symbol.asyncDispose]();
  expect(await after.closed).toBe(1006);
});

test('one that goes away while its subscribe is on the way leaves nothing behind', async () => {
  await using venue = await exchange({ latencyMs: 40 });
  const socket = await connect(venue.url, PUBLIC);
  const { registry } = venue.simulator.streams;
  const subscribed = vi.spyOn(registry, 'subscribe');
  socket.send({ op: 'subscribe', args: ['tickers.TESTUSDT'] });
  socket.raw.ping();
  await once(socket.raw, 'pong');
  socket.close();
  await expect.poll(() => [subscribed.mock.calls.length, registry.connections.size]).toEqual([1, 0]);
  expect(registry.hears('public/linear')).toBe(false);
});
