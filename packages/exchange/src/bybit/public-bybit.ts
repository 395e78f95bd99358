import type { RequestHooks } from '@backstop/core';
import { type MarketData, marketReads } from './market-reads.ts';
import { SocketPool } from './socket-pool.ts';

export interface PublicBybitOptions {
  readonly baseUrl: string;
  readonly hooks: RequestHooks;
  /** Closed by its owner; without it the reader opens one of its own, of 2 sockets. */
  readonly pool?: SocketPool;
  readonly readTimeoutMs?: number;
  readonly nowMs?: () => number;
}

const OWN_SOCKETS = 2;
const READ_TIMEOUT_MS = 5_000;

/** Instruments and prices without an account; requests are reported under the account `public`. */
export function publicBybit(options: PublicBybitOptions): MarketData & { close(): void } {
  const { baseUrl, hooks, readTimeoutMs = READ_TIMEOUT_MS, nowMs = Date.now } = options;
  const pool = options.pool ?? new SocketPool({ maxSockets: OWN_SOCKETS });
  const timeoutMs = { read: readTimeoutMs, write: readTimeoutMs };
  return {
    ...marketReads({ account: 'public', credentials: undefined, baseUrl, hooks, pool, timeoutMs, nowMs }),
    close: () => {
      if (options.pool === undefined) pool.close();
    },
  };
}
