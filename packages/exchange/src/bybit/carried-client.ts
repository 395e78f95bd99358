import { RestClientV5 } from 'bybit-api';
import type { CarriedReply, Courier } from './wire.ts';

/** How one request is stamped, signed and carried. */
export interface Way {
  readonly apiKey: string;
  readonly recvWindowMs: number;
  /** Runs between stamping and signing, and signs. */
  readonly sign: (message: string) => Promise<string>;
  readonly courier: Courier;
  readonly signal: AbortSignal;
}

type Params = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The SDK's client without its HTTP library: endpoints and parameters are the SDK's, and so is what it resolves with; stamp,
 * signature and headers are made here as the SDK makes them (reference A.2), and a courier takes the place of sockets. For
 * simulated networks, where the HTTP library costs more than all that is simulated; a test compares every request with the
 * SDK's own.
 */
export class CarriedClient extends RestClientV5 {
  readonly #way: Way;

  constructor(way: Way) {
    super();
    this.#way = way;
  }

  override async get(endpoint: string, params: Params = {}): Promise<unknown> {
    return this.#carry({ method: 'GET', endpoint, query: queryOf(params), body: '', headers: {} });
  }

  override async getPrivate(endpoint: string, params: Params = {}): Promise<unknown> {
    const query = queryOf(params);
    return this.#carry({ method: 'GET', endpoint, query, body: '', headers: await this.#headers(query) });
  }

  override async postPrivate(endpoint: string, params: object = {}): Promise<unknown> {
    const body = JSON.stringify(params);
    const headers = { 'content-type': 'application/json', ...(await this.#headers(body)) };
    return this.#carry({ method: 'POST', endpoint, query: '', body, headers });
  }

  async #headers(payload: string): Promise<Readonly<Record<string, string>>> {
    const { apiKey, recvWindowMs, sign } = this.#way;
    const timestamp = Date.now();
    return {
      'x-bapi-sign-type': '2',
      'x-bapi-api-key': apiKey,
      'x-bapi-timestamp': `${timestamp}`,
      'x-bapi-recv-window': `${recvWindowMs}`,
      'x-bapi-sign': await sign(`${timestamp}${apiKey}${recvWindowMs}${payload}`),
    };
  }

  /** Rejects like the SDK for a status other than 200. */
  async #carry(request: Parameters<Courier>[0]): Promise<unknown> {
    const reply = await this.#way.courier(request, this.#way.signal);
    if (reply.status !== 200) throw Object.assign(new Error('not 200'), { response: { status: reply.status } });
    return { rateLimitApi: limitOf(reply), ...bodyOf(reply) };
  }
}

function queryOf(params: Params): string {
  return Object.entries(params)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(`${value}`)}`]))
    .join('&');
}

/** What is no JSON is no envelope either. */
function bodyOf({ body }: CarriedReply): object {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function limitOf({ headers }: CarriedReply): object | undefined {
  const limit = headers['x-bapi-limit'];
  const remaining = headers['x-bapi-limit-status'];
  const resetAt = headers['x-bapi-limit-reset-timestamp'];
  if (limit === undefined || remaining === undefined || resetAt === undefined) return undefined;
  return { maxRequests: Number(limit), remainingRequests: Number(remaining), resetAtTimestamp: Number(resetAt) };
}
