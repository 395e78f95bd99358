import type { Redis } from 'ioredis';
import { connectRedis } from './redis.ts';

/**
 * A connection as BullMQ's workers and listeners want it: they wait for Redis for ever instead of failing, and their blocking
 * reads must not time out. The caller disconnects it after closing what it was given to.
 *
 * It connects by itself: BullMQ gives up for good on a connection whose first attempt it made itself and saw fail.
 */
export function connectListener(redisUrl: string, name: string): Redis {
  return connectRedis(redisUrl, name).duplicate({
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    enableAutoPipelining: false,
    commandTimeout: undefined,
    lazyConnect: false,
  });
}

/** A connection for BullMQ's queues: commands fail at once while Redis is away. It too connects by itself. */
export function connectSender(redisUrl: string, name: string): Redis {
  return connectRedis(redisUrl, name).duplicate({ lazyConnect: false });
}
