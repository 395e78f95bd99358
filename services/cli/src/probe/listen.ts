import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { RunError } from '../up/run-error.ts';
import type { ProbeOptions } from './probe-options.ts';

const LIMIT_MS = 10_000;
const POLL_MS = 20;
const DEMO_STREAM = 'wss://stream-demo.bybit.com';

/** A private socket of a probe, and every frame that has come over it. */
export interface Listener {
  readonly frames: readonly string[];
  send: (frame: object) => void;
  /** Authenticates and returns the answer (reference A.7). */
  authenticate: () => Promise<string>;
  /** The first frame that contains a text; throws a RunError when none comes within `limitMs`. */
  until: (text: string, limitMs?: number) => Promise<string>;
  close: () => void;
}

/** Opens `/v5/private`, not yet authenticated. Throws a RunError when it does not open within 10 s. */
export async function listen({ url, apiKey, secret }: ProbeOptions, signal?: AbortSignal): Promise<Listener> {
  const isLocal = new URL(url).hostname === '127.0.0.1';
  const origin = isLocal ? new URL(url).origin.replace('http:', 'ws:') : DEMO_STREAM;
  const socket = new WebSocket(`${origin}/v5/private`);
  const frames: string[] = [];
  let state: 'opening' | 'open' | 'closed' = 'opening';
  socket.addEventListener('open', () => (state = 'open'));
  socket.addEventListener('close', () => (state = 'closed'));
  socket.addEventListener('message', ({ data }) => frames.push(String(data)));

  const wait = async <T>(found: () => T | undefined, what: string, limitMs = LIMIT_MS): Promise<T> => {
    const untilMs = Date.now() + limitMs;
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      signal?.throwIfAborted();
      if (state === 'closed' || Date.now() > untilMs) throw new RunError(`${what}: the socket is ${state}`);
      await pause(POLL_MS);
    }
  };
  const until: Listener['until'] = (text, limitMs) =>
    wait(() => frames.find((frame) => frame.includes(text)), `no frame with ${text}`, limitMs);
  await wait(() => (state === 'open' ? true : undefined), 'no private stream');
  return {
    frames,
    send: (frame) => socket.send(JSON.stringify(frame)),
    authenticate: () => {
      const expires = Date.now() + LIMIT_MS;
      const signature = createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex');
      socket.send(JSON.stringify({ op: 'auth', args: [apiKey, expires, signature] }));
      return until('"op":"auth"');
    },
    until,
    close: () => socket.close(),
  };
}
