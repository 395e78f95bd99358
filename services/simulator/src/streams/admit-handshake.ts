import type { Simulator } from '../simulator.ts';
import type { StreamPath } from './connection.ts';
import { maxActiveMs, streamPath } from './stream-path.ts';

/** What a client says when it connects. */
export interface Handshake {
  /** The path with its query. */
  readonly target: string;
  readonly address: string;
  /** The host that it connects to. */
  readonly domain: string;
}

/** A connection that may be opened. */
export interface Admitted {
  readonly at: StreamPath;
  readonly address: string;
  /** How long it may be silent, ms; `undefined` = as long as the options say. */
  readonly idleCutMs: number | undefined;
}

/**
 * Judges a new connection to /v5/public/*, /v5/private or /v5/trade: the HTTP status that refuses it is 404 for other paths and
 * 403 over the limits of new connections (reference B.1).
 */
export function admitHandshake(simulator: Simulator, { target, address, domain }: Handshake): Admitted | 403 | 404 {
  const url = URL.parse(target, 'ws://simulator');
  const at = streamPath(url?.pathname ?? '');
  if (at === undefined) return 404;
  if (!isAdmitted(simulator, at, { address, domain })) {
    simulator.streams.tally.refused += 1;
    return 403;
  }
  const idleCutMs = at.kind === 'public' ? undefined : maxActiveMs(url?.searchParams.get('max_active_time') ?? null);
  return { at, address, idleCutMs };
}

function isAdmitted(
  { streams, limits, clock }: Simulator,
  { kind, category }: StreamPath,
  { address, domain }: { address: string; domain: string },
): boolean {
  const { options } = limits;
  if (!streams.limits.admit({ address, domain, nowMs: clock.nowMs() }, options)) return false;
  if (kind !== 'public' || !options.enabled) return true;
  const present = [...streams.registry.connections].filter(
    (connection) => connection.address === address && connection.at.category === category,
  );
  return present.length < options.socketsPerAddress * options.scale;
}
