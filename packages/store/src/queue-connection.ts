import { Redis, type RedisOptions } from 'ioredis';
import { connectRedis } from './redis.ts';

/**
 * Writes what is asked for in one turn of the event loop in one piece, so that checks that run side by side share the cost of
 * a write. Unlike automatic pipelines it holds no reply back until the last one of its piece is there, and no command until the
 * piece before it is answered.
 */
class TurnwiseRedis extends Redis {
  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const { stream } = this;
    if (stream?.writable && stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return super.sendCommand(...args);
  }
}

/** As `connectRedis`, for a process that does many things at once: checks, or frames. The caller connects and disconnects it. */
export function connectReader(redisUrl: string, name: string): Redis {
  return turnwise(redisUrl, name, {});
}

/**
 * A connection as BullMQ's workers and listeners want it: they wait for Redis for ever instead of failing, and their blocking
 * reads must not time out. The caller disconnects it after closing what it was given to.
 *
 * It connects by itself: BullMQ gives up for good on a connection whose first attempt it made itself and saw fail.
 */
export function connectListener(redisUrl: string, name: string): Redis {
  return turnwise(redisUrl, name, {
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    commandTimeout: undefined,
    lazyConnect: false,
  });
}

/** A connection for BullMQ's queues: commands fail at once while Redis is away. It too connects by itself. */
export function connectSender(redisUrl: string, name: string): Redis {
  return connectRedis(redisUrl, name).duplicate({ lazyConnect: false });
}

function turnwise(redisUrl: string, name: string, own: Omit<RedisOptions, 'replyMapping'>): Redis {
  const { replyMapping: _none, ...options } = connectRedis(redisUrl, name).options;
  return new TurnwiseRedis({ ...options, enableAutoPipelining: false, ...own });
}
