import { sleep } from '@backstop/runtime';
import { waitForSocket, type Redis } from '@backstop/store';

/** New sockets of one process are this far apart, ms, on average: a fleet that starts does not shake hands with all at once. */
const SPREAD_MS = 5;
const LONGEST_SPREAD_MS = 1_000;
const REDIS_AGAIN_MS = 500;

/**
 * Lets the next socket to the exchange be opened, paced over all processes of this address. While Redis is away it waits. Rejects
 * with the signal's reason.
 */
export async function admitSocket(redis: Redis, accounts: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.random() * Math.min(accounts * SPREAD_MS, LONGEST_SPREAD_MS), signal);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await waitForSocket(redis, { signal });
    } catch {
      await sleep(REDIS_AGAIN_MS, signal); // Redis is away, or the signal has aborted
    }
  }
}
