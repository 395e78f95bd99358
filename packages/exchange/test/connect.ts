import type { Departure, EndpointClass, RequestHooks, RequestReport } from '@backstop/core';
import { SocketPool } from '../src/bybit/socket-pool.ts';
import type { Wire } from '../src/bybit/wire.ts';
import { CREDENTIALS } from './wire-server.ts';

/** Hooks that admit everything and remember what they saw. */
export interface Watched extends RequestHooks {
  readonly admitted: { readonly endpoint: EndpointClass; readonly cost: number }[];
  readonly reports: RequestReport[];
}

export function watched(admit: RequestHooks['admit'] = async () => undefined): Watched {
  const admitted: { endpoint: EndpointClass; cost: number }[] = [];
  const reports: RequestReport[] = [];
  return {
    admitted,
    reports,
    admit: async (endpoint, cost, signal) => {
      admitted.push({ endpoint, cost });
      return admit(endpoint, cost, signal);
    },
    report: (report) => reports.push(report),
  };
}

/** What an admitted request goes through. */
export function departing(
  depart: Departure['depart'] = async () => undefined,
  arrived: Departure['arrived'] = () => undefined,
): Departure {
  return { depart, arrived };
}

/** An account's wire to a test server; timeouts far above what loopback needs, unless given. */
export function wireTo(
  baseUrl: string,
  { hooks = watched(), ...overrides }: Partial<Wire> & { readonly hooks?: Watched } = {},
): Wire & { readonly hooks: Watched } {
  return {
    account: 'main',
    credentials: CREDENTIALS,
    baseUrl,
    pool: new SocketPool({ maxSockets: 4 }),
    timeoutMs: { read: 3_000, write: 3_000 },
    nowMs: Date.now,
    ...overrides,
    hooks,
  };
}

/** Options of a write or read that nobody aborts and nothing stops. */
export function free(): { readonly signal: AbortSignal; readonly beforeSend: () => Promise<void> } {
  return { signal: new AbortController().signal, beforeSend: async () => undefined };
}

/** A `beforeSend` that finds the fence taken. */
export async function lostFence(): Promise<void> {
  throw new Error('another token holds the fence');
}
