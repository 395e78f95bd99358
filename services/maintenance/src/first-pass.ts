import { sleep } from '@backstop/runtime';
import { ALL_BUCKETS, oldestChecked, redisTimeMs, type Redis } from '@backstop/store';

const LOOK_MS = 100;

/**
 * Resolves when every active monitor has been checked since this was called, or after `mostMs`, or when the signal aborts: what
 * has time waits for the stops. Says whether all were. Rejects when Redis does not answer.
 */
export async function firstPass(redis: Redis, mostMs: number, signal: AbortSignal): Promise<boolean> {
  const sinceMs = await redisTimeMs(redis);
  const endMs = performance.now() + mostMs;
  for (;;) {
    const oldest = await Promise.all(ALL_BUCKETS.map((bucket) => oldestChecked(redis, bucket)));
    if (oldest.every(({ atMs = Number.POSITIVE_INFINITY }) => atMs > sinceMs)) return true;
    if (performance.now() > endMs || !(await sleep(LOOK_MS, signal))) return false;
  }
}
