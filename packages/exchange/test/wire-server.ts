import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export const CREDENTIALS = { apiKey: 'aKeyThatNobodyMaySee', secret: 'aSecretThatNobodyMaySee/+=' };

/** One request as it came over the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawQuery: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
  readonly socket: IncomingMessage['socket'];
}

/** What the server does with a request: an envelope as JSON, or whatever it does to the response itself. */
export type Answer = (request: Received, response: ServerResponse) => object | undefined | Promise<object | undefined>;

/** A bare V5 wire for faults that no exchange shows on demand. It checks signatures on the raw bytes and knows no orders. */
export class WireServer implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #answer: Answer;
  /** It never closes an idle socket: a client that does not either keeps it. */
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    void this.#serve(request, response);
  });

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  static async start(answer: Answer): Promise<WireServer> {
    const server = new WireServer(answer);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) this.#server.close();
    await Promise.resolve();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const [path = '', rawQuery = ''] = (request.url ?? '').split('?');
    const received: Received = {
      method: request.method ?? '',
      path,
      query: new URLSearchParams(rawQuery),
      rawQuery,
      body: body.toString('utf8'),
      headers: request.headers,
      socket: request.socket,
    };
    this.received.push(received);
    const envelope = isSigned(received) ? await this.#answer(received, response) : BAD_SIGNATURE;
    if (envelope === undefined) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(envelope));
  }
}

const BAD_SIGNATURE = { retCode: 10004, retMsg: 'error sign!', result: {}, retExtInfo: {}, time: 1 };

function isSigned({ path, method, rawQuery, body, headers }: Received): boolean {
  if (path.startsWith('/v5/market/')) return headers['x-bapi-sign'] === undefined;
  const payload = method === 'GET' ? rawQuery : body;
  const stamp = String(headers['x-bapi-timestamp']);
  const text = `${stamp}${CREDENTIALS.apiKey}${String(headers['x-bapi-recv-window'])}${payload}`;
  return createHmac('sha256', CREDENTIALS.secret).update(text).digest('hex') === headers['x-bapi-sign'];
}

/** A reply that all went well. */
export function ok(result: object, retExtInfo: object = {}): object {
  return { retCode: 0, retMsg: 'OK', result, retExtInfo, time: Date.now() };
}

export function refusal(retCode: number, retMsg: string): object {
  return { retCode, retMsg, result: {}, retExtInfo: {}, time: Date.now() };
}
