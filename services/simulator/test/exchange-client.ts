import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { startSimulator } from '../src/index.ts';
import type { RunningSimulator, SimulatorConfig } from '../src/index.ts';

export const KEY = 'main-key';
export const SECRET = 'main-secret';
export const SYMBOL = 'TESTUSDT';

/** What came back: HTTP status, headers, and the body as the SDK would see it. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Body;
}

interface Body {
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: Record<string, unknown> & {
    readonly list?: readonly Record<string, unknown>[];
    nextPageCursor?: string;
  };
  readonly retExtInfo: { readonly list?: readonly { readonly code: number; readonly msg: string }[] };
  readonly time: number;
}

/** What of a signed request a test wants wrong or different. */
export interface Twist {
  readonly key?: string;
  readonly secret?: string;
  readonly aheadMs?: number;
  readonly recvWindow?: string;
  readonly rawBody?: string | Buffer;
  /** The query as it goes over the wire, instead of the given one. */
  readonly rawQuery?: string;
  /** Headers on top of the signed ones, or instead of them. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Exchange {
  readonly url: string;
  /** What serves it, for tests that look inside. */
  readonly simulator: RunningSimulator['simulator'];
  get: (endpoint: string, query?: Record<string, string>, twist?: Twist) => Promise<Received>;
  post: (endpoint: string, body: object, twist?: Twist) => Promise<Received>;
  /** A request under /sim; the JSON that comes back, with the HTTP status. */
  sim: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Record<string, unknown> }>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The exchange on a free port with one account and one contract at 100, and a client that signs on its own. */
export async function exchange(config: Partial<SimulatorConfig> = {}): Promise<Exchange> {
  const setup = { accounts: [], instruments: [] };
  const running = await startSimulator({ seed: 7, latencyMs: 0, limits: 'off', clock: 'real', setup, ...config }, 0);
  const agent = new Agent({ keepAlive: true });
  const send = (
    method: string,
    path: string,
    given: { headers?: Record<string, string>; body?: string | Buffer },
  ): Promise<Raw> => exchangeBytes(agent, `${running.url}${path}`, { method, ...given });

  const sim: Exchange['sim'] = async (method, path, body) => {
    const raw = await send(method, `/sim/${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
    return { status: raw.status, body: JSON.parse(raw.text) };
  };
  await sim('POST', 'accounts', { accounts: [{ name: 'main', apiKey: KEY, secret: SECRET }] });
  const instrument = { symbol: SYMBOL, tickSize: '0.1', qtyStep: '0.1', price: '100' };
  await sim('POST', 'instruments', { instruments: [instrument] });

  return {
    url: running.url,
    simulator: running.simulator,
    sim,
    get: async (endpoint, query = {}, twist = {}) => {
      const text = twist.rawQuery ?? new URLSearchParams(query).toString();
      const headers = { ...signed(text, twist), ...twist.headers };
      return received(await send('GET', `/v5/${endpoint}${text === '' ? '' : `?${text}`}`, { headers }));
    },
    post: async (endpoint, body, twist = {}) => {
      const text = twist.rawBody ?? JSON.stringify(body);
      const headers = { ...signed(text, twist), 'content-type': 'application/json', ...twist.headers };
      return received(await send('POST', `/v5/${endpoint}`, { headers, body: text }));
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await running.close();
    },
  };
}

/** A create of one coin on the test contract. */
export function order(fields: object): object {
  return { category: 'linear', symbol: SYMBOL, side: 'Buy', orderType: 'Market', qty: '1', ...fields };
}

function signed(
  payload: string | Buffer,
  { key = KEY, secret = SECRET, aheadMs = 0, recvWindow = '5000' }: Twist,
): Record<string, string> {
  const timestamp = String(Date.now() + aheadMs);
  const signature = createHmac('sha256', secret)
    .update(`${timestamp}${key}${recvWindow}`)
    .update(payload)
    .digest('hex');
  return {
    'X-BAPI-API-KEY': key,
    'X-BAPI-TIMESTAMP': timestamp,
    'X-BAPI-RECV-WINDOW': recvWindow,
    'X-BAPI-SIGN': signature,
  };
}

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function exchangeBytes(
  agent: Agent,
  url: string,
  { method, headers = {}, body }: { method: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function received({ status, headers, text }: Raw): Received {
  const isJson = String(headers['content-type']).startsWith('application/json');
  return {
    status,
    headers,
    body: isJson ? JSON.parse(text) : { retCode: -1, retMsg: text, result: {}, retExtInfo: {}, time: 0 },
  };
}
