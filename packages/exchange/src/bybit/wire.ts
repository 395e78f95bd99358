import type { EndpointClass, RequestHooks } from '@backstop/core';
import type { RestClientV5 } from 'bybit-api';
import type { Effect } from './failure.ts';
import type { Credentials } from './redact.ts';
import type { SocketPool } from './socket-pool.ts';

/** As the SDK's HTTP client takes it: a request's configuration in, its response out, or a rejection. */
export type Carrier = Extract<NonNullable<RestOptions['adapter']>, (...config: never[]) => unknown>;
type RestOptions = NonNullable<ConstructorParameters<typeof RestClientV5>[1]>;

/** One request as it would be on the wire. */
interface CarriedRequest {
  readonly method: 'GET' | 'POST';
  /** The path: /v5/order/create. */
  readonly endpoint: string;
  /** Without the question mark. */
  readonly query: string;
  readonly body: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface CarriedReply {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Carries requests where the SDK's HTTP library is left out altogether. Rejects as a socket does, with a `code`, and when the
 * signal aborts.
 */
export type Courier = (request: CarriedRequest, signal: AbortSignal) => Promise<CarriedReply>;

/** One account's way to one address. */
export interface Wire {
  readonly account: string;
  readonly credentials: Credentials | undefined;
  readonly baseUrl: string;
  readonly hooks: RequestHooks;
  readonly pool: SocketPool;
  /** From the signature to the whole reply. */
  readonly timeoutMs: Readonly<Record<Effect, number>>;
  readonly nowMs: () => number;
  /** What carries the bytes instead of HTTP, for simulated networks. */
  readonly carrier?: Carrier;
  /** The same without the SDK's HTTP library: see CarriedClient. */
  readonly courier?: Courier;
}

export interface Request {
  readonly endpoint: EndpointClass;
  readonly effect: Effect;
  /** What it takes from the budget: orders in a batch, else 1. */
  readonly cost: number;
  readonly signal: AbortSignal;
  /** Runs between stamping and signing; a throw sends nothing (S-29). */
  readonly beforeSend?: () => Promise<void>;
  readonly call: (sdk: RestClientV5) => Promise<unknown>;
}
