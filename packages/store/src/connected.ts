import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';

const FIRST_CONNECTION_MS = 2_000;

/**
 * Waits for queues whose connection is not there yet. Rejects after 2 s: BullMQ itself would wait for a first connection for
 * ever. One that was there once and is lost is not waited for, its commands fail by themselves.
 */
export async function connected(redis: Redis, ready: () => Promise<unknown>): Promise<void> {
  if (redis.status === 'ready') return;

  const cancel = new AbortController();
  const limit = pause(FIRST_CONNECTION_MS, undefined, { signal: cancel.signal, ref: false }).then(() => {
    throw new Error('the queues are not connected to Redis');
  });
  limit.catch(() => undefined);
  await Promise.race([ready(), limit]).finally(() => cancel.abort());
}
