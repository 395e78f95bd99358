import type { RawData, WebSocket } from 'ws';
import type { Transport } from './transport.ts';

/** A WebSocket over the network, as the exchange sees it. */
export function webSocketTransport(socket: WebSocket): Transport {
  return {
    listen: ({ received, pinged, closed }) => {
      socket.on('message', (data) => received(textOf(data)));
      socket.on('ping', pinged);
      socket.on('close', closed);
      // A client that breaks the protocol or goes away is no failure; the close event follows.
      socket.on('error', () => undefined);
    },
    isOpen: () => socket.readyState === socket.OPEN,
    unreadBytes: () => socket.bufferedAmount,
    send: (frame) => socket.send(frame, { binary: false }),
    pong: (data) => socket.pong(data),
    pause: () => socket.pause(),
    terminate: () => socket.terminate(),
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
