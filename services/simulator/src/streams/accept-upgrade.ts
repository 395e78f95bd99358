import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Simulator } from '../simulator.ts';
import { admitHandshake } from './admit-handshake.ts';
import { serveSocket } from './serve-socket.ts';
import { webSocketTransport } from './web-socket-transport.ts';

const MOST_FRAME_BYTES = 1_000_000;
/** Shorter frames are not worth compressing. */
const COMPRESS_FROM_BYTES = 8_192;

const REFUSALS = { 403: '403 Forbidden', 404: '404 Not Found' } as const;

export type AcceptUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Takes upgrades of those that are admitted. permessage-deflate is negotiated. */
export function acceptUpgrades(simulator: Simulator, onEffect: () => void): AcceptUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    autoPong: false,
    maxPayload: MOST_FRAME_BYTES,
    perMessageDeflate: {
      threshold: COMPRESS_FROM_BYTES,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
    },
  });
  return (incoming, socket, head) => {
    const admitted = admitHandshake(simulator, {
      target: incoming.url ?? '',
      address: incoming.socket.remoteAddress ?? '',
      domain: incoming.headers.host ?? '',
    });
    if (typeof admitted === 'number') {
      refuse(socket, REFUSALS[admitted]);
      return;
    }
    server.handleUpgrade(incoming, socket, head, (accepted) =>
      serveSocket(simulator, { transport: webSocketTransport(accepted), admitted }, onEffect),
    );
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
