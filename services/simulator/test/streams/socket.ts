import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

const KEY = 'main-key';
const SECRET = 'main-secret';

export type Frame = Readonly<Record<string, unknown>> & { readonly data?: unknown };

/** A plain socket of a test: sends what it is told, keeps every frame, and waits for those that a test wants. */
export interface Socket {
  readonly raw: WebSocket;
  /** Everything received so far, oldest first. */
  readonly frames: readonly Frame[];
  /** The frames as they came over the wire. */
  readonly texts: readonly string[];
  send: (frame: unknown) => void;
  /** The first frame, also of those that are here already, that `is` true for. */
  until: (is: (frame: Frame) => boolean) => Promise<Frame>;
  /** The first frames of a topic, as many as asked. */
  topic: (name: string, count?: number) => Promise<readonly Frame[]>;
  /** Sends a frame with a `req_id` of its own and waits for its answer. */
  ask: (frame: object) => Promise<Frame>;
  closed: Promise<number>;
  close: () => void;
  [Symbol.dispose]: () => void;
}

/** Connects to a path of the exchange at `url`; rejects with the HTTP status when the upgrade is refused. */
export async function connect(url: string, path: string, options: ClientOptions = {}): Promise<Socket> {
  const raw = new WebSocket(`${url.replace('http', 'ws')}${path}`, options);
  const frames: Frame[] = [];
  const texts: string[] = [];
  const waiting = new Set<() => void>();
  raw.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString() : '';
    texts.push(text);
    frames.push(JSON.parse(text));
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => raw.once('close', (code) => resolve(code)));
  raw.on('error', () => undefined);
  await opened(raw);

  const wait = <T>(found: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const value = found();
        if (value === undefined) return;
        waiting.delete(look);
        resolve(value);
      };
      waiting.add(look);
      look();
    });
  let asked = 0;
  return {
    raw,
    frames,
    texts,
    send: (frame) => raw.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    until: (is) => wait(() => frames.find(is)),
    topic: (name, count = 1) =>
      wait(() => {
        const got = frames.filter(({ topic }) => topic === name);
        return got.length >= count ? got : undefined;
      }),
    ask: async (frame) => {
      asked += 1;
      const id = `ask-${asked}`;
      raw.send(JSON.stringify({ req_id: id, ...frame }));
      return wait(() => frames.find(({ req_id: got, reqId }) => got === id || reqId === id));
    },
    closed,
    close: () => raw.terminate(),
    [Symbol.dispose]: () => raw.terminate(),
  };
}

async function opened(raw: WebSocket): Promise<void> {
  const refused = new Promise<never>((_resolve, reject) => {
    raw.once('unexpected-response', (_request, response) => {
      response.resume();
      reject(new Error(`upgrade refused: ${response.statusCode}`));
    });
  });
  await Promise.race([once(raw, 'open'), refused]);
}

/** An auth frame as the SDK sends it; `expires` may be a number or a text. */
export function authFrame({
  key = KEY,
  secret = SECRET,
  expires = Date.now() + 5_000,
}: {
  key?: string;
  secret?: string;
  expires?: number | string;
} = {}): { op: 'auth'; args: unknown[] } {
  const signature = createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex');
  return { op: 'auth', args: [key, expires, signature] };
}

/** A private socket that has authenticated and subscribed. */
export async function privateSocket(url: string, ...topics: readonly string[]): Promise<Socket> {
  const socket = await connect(url, '/v5/private');
  const signedIn = await socket.ask(authFrame());
  const subscribed = await socket.ask({ op: 'subscribe', args: topics });
  if (signedIn['success'] !== true || subscribed['success'] !== true) throw new Error(JSON.stringify(subscribed));
  return socket;
}

/** The rows of a frame. */
export function rowsOf(frame: Frame | undefined): readonly Record<string, unknown>[] {
  return Array.isArray(frame?.data) ? frame.data : [];
}
