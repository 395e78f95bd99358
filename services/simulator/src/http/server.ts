import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerControl } from '../sim/control.ts';
import type { Simulator } from '../simulator.ts';
import { acceptUpgrades } from '../streams/accept-upgrade.ts';
import { pageReply } from '../web/page-reply.ts';
import type { HttpRequest } from './answer.ts';
import { jsonReply } from './envelope.ts';
import type { Reply } from './envelope.ts';
import { exchangeReply } from './exchange-reply.ts';

const MOST_BODY_BYTES = 1_000_000;
/** Longer than any client keeps an idle socket, so that the server is never the one that closes it. */
const KEEP_ALIVE_MS = 120_000;

export interface HttpServer {
  readonly url: string;
  close: () => Promise<void>;
}

/** Serves /v5 and /sim on a port (0 = any free one). `onEffect` runs when a request has had its effect. */
export async function listen(
  simulator: Simulator,
  { port, host }: { readonly port: number; readonly host: string },
  onEffect: () => void,
): Promise<HttpServer> {
  const server = createServer((incoming, response) => {
    serve(simulator, incoming, response, onEffect).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('upgrade', acceptUpgrades(simulator, onEffect));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { url: `http://${host}:${portOf(server)}`, close: () => close(simulator, server) };
}

async function serve(
  simulator: Simulator,
  incoming: IncomingMessage,
  response: ServerResponse,
  onEffect: () => void,
): Promise<void> {
  const body = await readBody(incoming);
  if (body === undefined) {
    send(response, jsonReply(413, { retCode: 10001, retMsg: 'request body too large' }));
    return;
  }
  const [path = '', query = ''] = splitOnce(incoming.url ?? '', '?');
  const method = incoming.method ?? 'GET';
  if (path.startsWith('/sim/')) {
    const reply = await answerControl(simulator, `${method} ${path.slice('/sim/'.length)}`, body);
    onEffect();
    send(response, reply);
    return;
  }
  if (!path.startsWith('/v5/')) {
    send(response, pageReply(`${method} ${path}`) ?? jsonReply(404, { retCode: 10017, retMsg: 'Route not found.' }));
    return;
  }
  const { headers } = incoming;
  const address = incoming.socket.remoteAddress ?? '';
  const request = { method, endpoint: path.slice('/v5/'.length), query, headers, body, address };
  await serveExchange(simulator, response, request, onEffect);
}

async function serveExchange(
  simulator: Simulator,
  response: ServerResponse,
  request: HttpRequest,
  onEffect: () => void,
): Promise<void> {
  const reply = await exchangeReply(simulator, request, onEffect);
  if (reply === undefined) response.socket?.resetAndDestroy();
  else send(response, reply);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MOST_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** A client that went away is no failure; anything else is one of ours and says so. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
  if (!response.headersSent) send(response, jsonReply(500, { retCode: 10016, retMsg: 'simulator failure' }));
}

function close({ streams }: Simulator, server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    streams.close();
    server.closeAllConnections();
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
