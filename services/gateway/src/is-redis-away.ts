import type { Redis } from '@backstop/store';

const AWAY =
  /Command timed out|Connection is closed|Stream isn't writeable|not connected to Redis|max retries per request|^LOADING|ECONNREFUSED|ECONNRESET|ENOENT.*\.sock/;

/** Whether what was thrown is Redis's fault: it does not answer, and nobody who asks could have known better. */
export function isRedisAway(error: unknown, redis: Pick<Redis, 'status'>): boolean {
  return redis.status !== 'ready' || (error instanceof Error && AWAY.test(error.message));
}
