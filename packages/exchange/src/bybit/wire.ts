import type { EndpointClass, RequestHooks } from '@backstop/core';
import type { RestClientV5 } from 'bybit-api';
import type { Effect } from './failure.ts';
import type { Credentials } from './redact.ts';
import type { SocketPool } from './socket-pool.ts';

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
