import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Simulator } from '../simulator.ts';
import { connId } from './conn-id.ts';
import { Connection } from './connection.ts';
import type { StreamPath } from './connection.ts';
import { serveSocket } from './serve-socket.ts';
import { maxActiveMs, streamPath } from './stream-path.ts';

const MOST_FRAME_BYTES = 1_000_000;
/** Shorter frames are not worth compressing. */
const COMPRESS_FROM_BYTES = 8_192;

export type AcceptUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Takes upgrades to /v5/public/*, /v5/private and /v5/trade: 404 for other paths, 403 over the limits of new connections
 * (reference B.1). permessage-deflate is negotiated.
 */
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
    const url = URL.parse(incoming.url ?? '', 'ws://simulator');
    const at = streamPath(url?.pathname ?? '');
    if (at === undefined) {
      refuse(socket, '404 Not Found');
      return;
    }
    const address = incoming.socket.remoteAddress ?? '';
    const domain = incoming.headers.host ?? '';
    if (!isAdmitted(simulator, at, { address, domain })) {
      simulator.streams.tally.refused += 1;
      refuse(socket, '403 Forbidden');
      return;
    }
    server.handleUpgrade(incoming, socket, head, (accepted) => {
      const { clock, streams } = simulator;
      const idleCutMs =
        at.kind === 'public' ? undefined : maxActiveMs(url?.searchParams.get('max_active_time') ?? null);
      const id = connId(streams.random);
      const connection = new Connection(accepted, { id, at, address, idleCutMs, nowMs: clock.nowMs() });
      serveSocket(simulator, { socket: accepted, connection }, onEffect);
    });
  };
}

function isAdmitted(
  { streams, limits, clock }: Simulator,
  { kind, category }: StreamPath,
  { address, domain }: { address: string; domain: string },
): boolean {
  const { options } = limits;
  if (!streams.limits.admit({ address, domain, nowMs: clock.nowMs() }, options)) return false;
  if (kind !== 'public' || !options.enabled) return true;
  const present = [...streams.registry.connections].filter(
    (connection) => connection.address === address && connection.at.category === category,
  );
  return present.length < options.socketsPerAddress * options.scale;
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
