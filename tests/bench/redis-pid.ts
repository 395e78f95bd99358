import type { Redis } from '@backstop/store';

/** The process id of the server. */
export async function redisPid(redis: Redis): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
}
