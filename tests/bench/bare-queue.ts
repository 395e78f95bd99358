import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis, QUEUE_PREFIX, type Redis } from '@backstop/store';
import { Queue } from 'bullmq';

export const BARE_QUEUE = 'bare';

/** The options of a sweep's job (DESIGN 3.2). */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 1_000 }, priority: 10 } as const;
const PER_BULK = 25;

export interface BareQueue extends AsyncDisposable {
  /** Keeps the queue as full as the scheduler keeps its own, until the signal aborts. */
  readonly feed: (signal: AbortSignal) => Promise<void>;
  readonly jobsDone: () => Promise<number>;
}

/** BullMQ by itself: a worker process with jobs that do nothing, on the Redis of a fleet. */
export function openBareQueue(redisUrl: string, concurrency: number): BareQueue {
  const program = new URL('bare-worker.ts', import.meta.url).pathname;
  const child = fork(program, [redisUrl, `${concurrency}`]);
  const connection = bareConnection(redisUrl);
  const queue = new Queue(BARE_QUEUE, { connection, prefix: QUEUE_PREFIX, streams: { events: { maxLen: 1_000 } } });
  return {
    feed: (signal) => feed(queue, concurrency, signal),
    jobsDone: () => ask(child),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      await queue.close();
      connection.disconnect();
    },
  };
}

/** As BullMQ wants its connections: they wait for ever. */
export function bareConnection(redisUrl: string): Redis {
  const patience = { maxRetriesPerRequest: null, enableOfflineQueue: true, enableAutoPipelining: false } as const;
  return connectRedis(redisUrl, 'bench-bare').duplicate({ ...patience, commandTimeout: undefined, lazyConnect: false });
}

async function feed(queue: Queue, concurrency: number, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted;) {
    const room = 2 * concurrency - (await queue.getPrioritizedCount());
    const jobs = Array.from({ length: Math.min(room, PER_BULK) }, () => toJob((number += 1)));
    if (jobs.length > 0) await queue.addBulk(jobs);
    else await pause(1);
  }
}

/** With as much data as a check's job has, and a de-duplication id of its own. */
function toJob(number: number) {
  const account = `account${number % 100}`;
  const data = { account, symbol: 'COIN0USDT', positionIdx: 0, monitorId: `m${number}`, lane: 'tp-sl', cause: 'due' };
  return { name: 'check', data, opts: { ...JOB_OPTIONS, deduplication: { id: `m${number}+tp-sl` } } };
}

async function ask(child: ChildProcess): Promise<number> {
  const answered = once(child, 'message') as Promise<[number]>;
  child.send('done?');
  const [done] = await answered;
  return done;
}
