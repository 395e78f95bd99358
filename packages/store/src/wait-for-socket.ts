import { setTimeout as pause } from 'node:timers/promises';
import { ExchangeError } from '@backstop/core';
import type { Redis } from 'ioredis';
import { budgetKeys } from './keys.ts';
import { runScript } from './redis.ts';

/** New sockets of all processes together, per egress address: 500 in 5 minutes are let in (reference B.1). */
export const SOCKET_LIMIT = 450;
const WINDOW_MS = 300_000;
/** Whoever waits asks again at the latest after this, so that a clock that was moved holds nobody for long. */
const LONGEST_PAUSE_MS = 10_000;
/** Those who wait for the same moment ask again spread over this. */
const JITTER_MS = 250;

/** How one waits. */
export interface SocketWait {
  readonly signal: AbortSignal;
  /** In place of Math.random. */
  readonly random?: () => number;
}

/**
 * Waits until one more socket may be opened to the exchange from this address, over all processes, by Redis time. The socket is
 * spent, whether or not it is then opened. Rejects with ExchangeError `not-sent` when `signal` aborts or Redis does not answer.
 */
export async function waitForSocket(redis: Redis, { signal, random = Math.random }: SocketWait): Promise<void> {
  for (;;) {
    if (signal.aborted) throw new ExchangeError('not-sent', 'aborted while waiting for a socket');
    const waitMs = await takeSocket(redis).catch((error: unknown) => {
      throw new ExchangeError('not-sent', `the budget of sockets does not answer: ${String(error)}`);
    });
    if (waitMs === 0) return;
    const pauseMs = Math.min(waitMs + random() * JITTER_MS, LONGEST_PAUSE_MS);
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Asks once: 0 = taken, else in how many ms there may be room. */
export async function takeSocket(redis: Redis): Promise<number> {
  return runScript<number>(redis, 'take-socket', [budgetKeys.sockets], [SOCKET_LIMIT, WINDOW_MS]);
}
