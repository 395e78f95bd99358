import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface Key {
  readonly apiKey: string;
  readonly secret: string;
}

/** What one connection sends next: a path with its query, and a body for a POST. */
export interface Shot {
  readonly path: string;
  readonly body?: string;
}

export interface Shooter {
  /** Sends one signed request and resolves with the body. One at a time. */
  send: (key: Key, shot: Shot) => Promise<string>;
  close: () => void;
}

const RECV_WINDOW = '5000';
const END_OF_HEAD = '\r\n\r\n';

/**
 * A keep-alive connection that speaks just enough HTTP/1.1 for the simulator, so that a benchmark measures the server and not
 * a client library.
 */
export async function openShooter(url: string): Promise<Shooter> {
  const { hostname, port, host } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.setNoDelay(true);
  let waiting: { resolve: (body: string) => void; reject: (error: Error) => void } | undefined;
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const body = wholeBody(received);
    if (body === undefined) return;
    received = '';
    const { resolve } = waiting ?? {};
    waiting = undefined;
    resolve?.(body);
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  return {
    send: (key, { path, body }) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(requestText(host, key, path, body));
      }),
    close: () => {
      waiting = undefined;
      socket.destroy();
    },
  };
}

/** The body when it has come in whole. All bodies here are ASCII, so characters are bytes. */
function wholeBody(text: string): string | undefined {
  const end = text.indexOf(END_OF_HEAD);
  if (end === -1) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1]);
  const body = text.slice(end + END_OF_HEAD.length);
  return body.length >= length ? body : undefined;
}

function requestText(host: string, { apiKey, secret }: Key, path: string, body: string | undefined): string {
  const timestamp = String(Date.now());
  const payload = body ?? path.split('?')[1] ?? '';
  const sign = createHmac('sha256', secret).update(`${timestamp}${apiKey}${RECV_WINDOW}${payload}`).digest('hex');
  const head = [
    `${body === undefined ? 'GET' : 'POST'} /v5/${path} HTTP/1.1`,
    `Host: ${host}`,
    `X-BAPI-API-KEY: ${apiKey}`,
    `X-BAPI-TIMESTAMP: ${timestamp}`,
    `X-BAPI-RECV-WINDOW: ${RECV_WINDOW}`,
    `X-BAPI-SIGN: ${sign}`,
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`]),
  ];
  return `${head.join('\r\n')}${END_OF_HEAD}${body ?? ''}`;
}
