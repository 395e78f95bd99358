import { expect, test } from 'vitest';
import { send } from '../src/bybit/send.ts';
import { SocketPool } from '../src/bybit/socket-pool.ts';
import { wireTo } from './connect.ts';
import { failureOf, READ, WRITE } from './requests.ts';
import { ok, WireServer } from './wire-server.ts';

test('sockets are bounded and kept alive, and nothing queues behind a signature', async () => {
  const sockets = new Set<unknown>();
  let stampedApartMs = 0;
  await using server = await WireServer.start(async ({ socket, headers }) => {
    sockets.add(socket);
    stampedApartMs = Math.max(stampedApartMs, Date.now() - Number(headers['x-bapi-timestamp']));
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    return ok({});
  });
  using pool = new SocketPool({ maxSockets: 2 });
  const wire = wireTo(server.url, { pool });
  await Promise.all(Array.from({ length: 20 }, () => send(wire, WRITE)));
  expect(sockets.size).toBe(2);
  expect(stampedApartMs).toBeLessThan(250); // the last of 10 rounds of 50 ms would arrive 450 ms after a common stamp
});

test('a closed pool ends its idle sockets and sends nothing more', async () => {
  const ended = Promise.withResolvers<void>();
  await using server = await WireServer.start(({ socket }) => {
    socket.once('close', () => ended.resolve());
    return ok({});
  });
  const pool = new SocketPool({ maxSockets: 2 });
  const wire = wireTo(server.url, { pool });
  await send(wire, WRITE);
  pool.close();
  await ended.promise;
  expect((await failureOf(send(wire, WRITE))).message).toBe('not sent: the socket pool is closed');
});

test('reads leave a socket free for writes', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using server = await WireServer.start(async ({ method }) => {
    if (method === 'GET') await released;
    return ok({ list: [] });
  });
  using pool = new SocketPool({ maxSockets: 4 });
  const wire = wireTo(server.url, { pool });
  const reads = Array.from({ length: 8 }, () => send(wire, READ));
  await send(wire, WRITE);
  release();
  await Promise.all(reads);
  expect(wire.hooks.reports[0]?.endpoint).toBe('order-cancel');
});
