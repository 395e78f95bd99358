import { LANES } from '@backstop/core';
import { Queue } from 'bullmq';
import { connected } from './connected.ts';
import { QUEUE_PREFIX } from './keys.ts';
import { MAINTENANCE_QUEUE } from './maintenance-command.ts';
import { connectSender } from './queue-connection.ts';

/** The queues themselves, for a board that shows what is in them. */
export interface BoardQueues extends AsyncDisposable {
  readonly queues: readonly Queue[];
  /** To be waited for before asking them anything: rejects within 2 s where there has been no connection to Redis yet. */
  connected(): Promise<void>;
}

/** Opens all queues on a connection of their own. Work is enqueued through `openQueues` only. */
export function openBoardQueues(redisUrl: string, onError: (error: Error) => void = () => undefined): BoardQueues {
  const redis = connectSender(redisUrl, 'backstop-board');
  redis.on('error', onError);
  const queues = [...LANES, MAINTENANCE_QUEUE].map((name) => {
    const queue = new Queue(name, { connection: redis, prefix: QUEUE_PREFIX });
    queue.on('error', onError);
    return queue;
  });
  return {
    queues,
    connected: () => connected(redis, () => Promise.all(queues.map((queue) => queue.waitUntilReady()))),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(queues.map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}
