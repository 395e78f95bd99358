import type { PrivateStream, PrivateStreamListener } from '@backstop/core';
import { type Credentials, redact } from '../redact.ts';
import { backOffMs, type ConnectionEnd } from './back-off.ts';
import { PrivateConnection } from './private-connection.ts';
import type { StreamSocket } from './stream-socket.ts';
import { STREAM_TIMINGS, type StreamTimings } from './stream-timings.ts';
import { connectWebSocket } from './web-socket.ts';

export interface PrivateStreamOptions {
  readonly credentials: Credentials;
  /** As `privateStreamUrl` makes it. */
  readonly url: string;
  readonly listener: PrivateStreamListener;
  /** Awaited before each connection: paces them over all processes of an address. Rejects when the signal fires. */
  readonly admit: (signal: AbortSignal) => Promise<void>;
  /** Gives the socket of a new connection, not open yet; default: a WebSocket over the network. */
  readonly connect?: (url: string) => StreamSocket;
  /** At least 0 and below 1, for the jitter of back-offs; default `Math.random`. */
  readonly random?: () => number;
  /** Our clock, for the expiry of signatures; default `Date.now`. */
  readonly nowMs?: () => number;
  readonly timings?: Partial<StreamTimings>;
}

/**
 * Opens the private stream of an account on Bybit V5 (reference D.1-D.6) and keeps it open over as many connections as it
 * takes: after each loss `down`, a back-off from 0.5 s doubling to 30 s, `admit`, and a new connection; after a refused key
 * 60 s. The back-off begins anew only after a connection that was ready for 10 s. `silent` are 5 s without getting on to the
 * subscription, and 6 s without anything received. `close` ends it at once, whatever it waits for, and nothing is told
 * afterwards. Nothing that it tells carries key, secret or signature.
 */
export function openPrivateStream(options: PrivateStreamOptions): PrivateStream {
  const closing = new AbortController();
  void keepOpen(options, closing.signal);
  return { close: () => closing.abort() };
}

async function keepOpen(options: PrivateStreamOptions, signal: AbortSignal): Promise<void> {
  const { listener, random = Math.random } = options;
  const timings = { ...STREAM_TIMINGS, ...options.timings };
  for (let failures = 0; !signal.aborted;) {
    const end = await connection(options, timings, signal);
    if (end === undefined || signal.aborted) return;

    failures = end.wasSteady ? 0 : failures + 1;
    listener.down(end.failure);
    await pause(backOffMs(end, failures, { timings, random }), signal);
  }
}

/** One connection from its admission to its end; `undefined` when the signal ended it. */
async function connection(
  options: PrivateStreamOptions,
  timings: StreamTimings,
  signal: AbortSignal,
): Promise<ConnectionEnd | undefined> {
  const { admit, connect = connectWebSocket, url, credentials, listener, nowMs = Date.now } = options;
  try {
    await admit(signal);
  } catch (error) {
    const why = `not admitted: ${error instanceof Error ? error.message : String(error)}`;
    return { failure: { reason: 'refused', why: redact(why, credentials) }, wasSteady: false, isBarred: false };
  }
  if (signal.aborted) return undefined;
  return new PrivateConnection({ connect: () => connect(url), credentials, listener, nowMs, timings }).run(signal);
}

/** Resolves when the time is up or the signal fires, and leaves nothing behind. */
function pause(forMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = setTimeout(end, forMs);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return promise;
}
