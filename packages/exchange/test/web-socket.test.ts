import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectWebSocket } from '../src/bybit/stream/web-socket.ts';
import type { StreamSocket } from '../src/index.ts';
import { PATIENCE } from './heard-stream.ts';

interface Peer extends AsyncDisposable {
  readonly url: string;
  readonly server: WebSocketServer;
  /** Connections that the other side has not ended. */
  readonly connections: () => number;
}

/** A server on loopback: an exchange that takes every connection, or one that refuses each with a status. */
async function listen(refusal?: number): Promise<Peer> {
  const sockets = new Set<Socket>();
  const http = createServer();
  const server = new WebSocketServer({ noServer: true });
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  http.on('upgrade', (request, socket, head) => {
    if (refusal === undefined) server.handleUpgrade(request, socket, head, (peer) => server.emit('connection', peer));
    else socket.resume().write(`HTTP/1.1 ${refusal} No\r\nContent-Length: 9\r\n\r\n`); // its body never comes
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return {
    url: `ws://127.0.0.1:${address.port}`,
    server,
    connections: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      http.close();
      for (const socket of sockets) socket.destroy();
      if (http.listening) await once(http, 'close');
    },
  };
}

/** What a socket told. */
function heard(socket: StreamSocket): readonly unknown[] {
  const told: unknown[] = [];
  socket.listen({
    opened: () => told.push('opened'),
    received: (text) => told.push(text),
    alive: () => told.push('alive'),
    ended: (end) => told.push(end),
  });
  return told;
}

test('a socket tells of its opening, texts, pings, pongs and its end, once each', async () => {
  await using exchange = await listen();
  exchange.server.on('connection', (peer) => {
    peer.on('message', (data) => {
      peer.send(data, { binary: false });
      peer.ping();
      peer.pong();
      peer.close(1001, 'maintenance');
    });
  });
  const socket = connectWebSocket(exchange.url);
  socket.send('lost: not open yet');
  const told = heard(socket);
  await expect.poll(() => told, PATIENCE).toEqual(['opened']);
  socket.send('{"op":"ping"}');
  const end = { why: 'closed with 1001 maintenance' };
  await expect.poll(() => told, PATIENCE).toEqual(['opened', '{"op":"ping"}', 'alive', 'alive', end]);
});

test('a refused upgrade is one end with its status, and its connection is not kept', async () => {
  await using exchange = await listen(403);
  const told = heard(connectWebSocket(exchange.url));
  await expect.poll(() => told, PATIENCE).toEqual([{ why: 'the exchange answered 403', httpStatus: 403 }]);
  await expect.poll(exchange.connections, PATIENCE).toBe(0);
  expect(told).toHaveLength(1);
});

test('an error is told once, although the end of the socket follows it', async () => {
  const exchange = await listen();
  await exchange[Symbol.asyncDispose]();
  const told = heard(connectWebSocket(exchange.url));
  const end = { why: `connect ECONNREFUSED ${exchange.url.slice('ws://'.length)}` };
  await expect.poll(() => told, PATIENCE).toEqual([end]);
  await new Promise(setImmediate);
  expect(told).toEqual([end]);
});

test.each([
  ['connecting', []],
  ['open', ['opened']],
])('a socket that is terminated while %s tells nothing more, and its peer is rid of it', async (_state, expected) => {
  await using exchange = await listen();
  const socket = connectWebSocket(exchange.url);
  const told = heard(socket);
  await expect.poll(() => told, PATIENCE).toEqual(expected);
  socket.terminate();
  await expect.poll(exchange.connections, PATIENCE).toBe(0);
  expect(told).toEqual(expected);
});
