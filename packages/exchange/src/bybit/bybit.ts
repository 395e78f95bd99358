import type { Decimal, Exchange, ReadOptions, RequestHooks } from '@backstop/core';
import { accountReads } from './account-reads.ts';
import { accountWrites } from './account-writes.ts';
import { takerFeeRate } from './fee-rate.ts';
import { marketReads } from './market-reads.ts';
import type { Credentials } from './redact.ts';
import type { Carrier, Courier, Wire } from './wire.ts';
import { SocketPool } from './socket-pool.ts';

export interface BybitOptions {
  /** Our name of the account, for reports. */
  readonly account: string;
  readonly credentials: Credentials;
  /** One of BYBIT_VENUES, or a simulator. */
  readonly baseUrl: string;
  readonly hooks: RequestHooks;
  /** Shared by the accounts of a process and closed by its owner; without it the account opens one of its own. */
  readonly pool?: SocketPool;
  /** Of the own pool, default 8. */
  readonly maxSockets?: number;
  readonly readTimeoutMs?: number;
  /** At least recv_window + 2 s, so that a write which timed out can no longer be accepted afterwards (S-11). */
  readonly writeTimeoutMs?: number;
  /** The clock that skew is measured by; it should be the one that stamps requests, `Date.now`. */
  readonly nowMs?: () => number;
  /** Carries the bytes instead of HTTP, for simulated networks. */
  readonly carrier?: Carrier;
  /** The same without the SDK's HTTP library: several times as fast. */
  readonly courier?: Courier;
}

/** The port, and what only this venue has. */
export interface BybitAccount extends Exchange {
  /** The account's taker rate for a symbol, as a fraction of the value (reference E.1). */
  takerFeeRate(query: { readonly symbol: string }, options: ReadOptions): Promise<Decimal>;
  /** Closes the own socket pool. */
  close(): void;
}

const DEFAULT_SOCKETS = 8;
const READ_TIMEOUT_MS = 5_000;
const WRITE_TIMEOUT_MS = 4_500;
const LEAST_WRITE_TIMEOUT_MS = 4_000;

/**
 * One account on Bybit V5, over REST. Throws RangeError for a write timeout below 4 s.
 *
 * Of a write, only `unknown` may have taken effect; `unavailable` means that the exchange or the way to it refused, and
 * `not-sent` that we did. A read that is aborted under way is `not-sent` too, so that nobody takes it for an outage. A row
 * that cannot be read rejects its whole listing with `rejected`, naming symbol and field: unknown is never empty.
 */
export function bybit(options: BybitOptions): BybitAccount {
  const { account, credentials, baseUrl, hooks, nowMs = Date.now } = options;
  const { readTimeoutMs = READ_TIMEOUT_MS, writeTimeoutMs = WRITE_TIMEOUT_MS } = options;
  if (writeTimeoutMs < LEAST_WRITE_TIMEOUT_MS)
    throw new RangeError(`writeTimeoutMs is below ${LEAST_WRITE_TIMEOUT_MS}`);

  const pool = options.pool ?? new SocketPool({ maxSockets: options.maxSockets ?? DEFAULT_SOCKETS });
  const timeoutMs = { read: readTimeoutMs, write: writeTimeoutMs };
  const wire: Wire = {
    account,
    credentials,
    baseUrl,
    hooks,
    pool,
    timeoutMs,
    nowMs,
    ...(options.carrier && { carrier: options.carrier }),
    ...(options.courier && { courier: options.courier }),
  };
  return {
    ...marketReads(wire),
    ...accountReads(wire),
    ...accountWrites(wire),
    takerFeeRate: (query, readOptions) => takerFeeRate(wire, query, readOptions),
    close: () => {
      if (options.pool === undefined) pool.close();
    },
  };
}
