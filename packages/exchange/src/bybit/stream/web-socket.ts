import type { ClientRequest, IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import type { SocketEnd, StreamSocket, StreamSocketEvents } from './stream-socket.ts';

/** A frame of hundreds of orders is below 1 MB. */
const MOST_FRAME_BYTES = 8_388_608;

/**
 * A WebSocket over the network. Frames are not compressed: they are small, and inflating one would put it off to another turn
 * of the event loop. Throws SyntaxError for what is no address of a WebSocket.
 */
export function connectWebSocket(url: string): StreamSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: MOST_FRAME_BYTES });
  socket.on('error', () => undefined); // an error that nobody hears ends the process
  return {
    listen: (events) => listen(socket, events),
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    terminate: () => {
      socket.removeAllListeners();
      socket.on('error', () => undefined); // one more comes when it was still connecting
      socket.terminate();
    },
  };
}

function listen(socket: WebSocket, events: StreamSocketEvents): void {
  let hasEnded = false;
  const end = (ended: SocketEnd): void => {
    if (!hasEnded) events.ended(ended);
    hasEnded = true;
  };
  socket.on('open', events.opened);
  socket.on('message', (data) => events.received(textOf(data)));
  socket.on('ping', events.alive);
  socket.on('pong', events.alive);
  socket.on('error', (error) => end({ why: textOfError(error) }));
  socket.on('close', (code, reason) => end({ why: `closed with ${code} ${reason.toString()}`.trim() }));
  socket.on('unexpected-response', (request: ClientRequest, { statusCode = 0 }: IncomingMessage) => {
    request.destroy();
    end({ why: `the exchange answered ${statusCode}`, httpStatus: statusCode });
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

/** The error of a name with several addresses has a code and no message. */
function textOfError(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : error.name);
}
