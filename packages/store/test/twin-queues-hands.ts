import { Worker, type Job } from 'bullmq';
import { CHECK_WORKER_OPTIONS, type CheckJob } from '../src/check-job.ts';
import { QUEUE_PREFIX, openQueues, type Queues } from '../src/index.ts';
import { connectListener } from '../src/queue-connection.ts';
import type { TestRedis } from '../testing/redis-server.ts';
import { TwinLane, type TwinJob } from '../testing/twin-queues/twin-lane.ts';
import { openTwinSender } from '../testing/twin-queues/twin-sender.ts';

/** The queues, and a worker's half of the lane tp-sl by hand. Replies name monitors instead of jobs. */
export interface Hand extends AsyncDisposable {
  readonly queues: Queues;
  take(token: string): Promise<Run | undefined>;
  /** Resolves with 'ended', or with what BullMQ says instead. */
  end(run: Run, outcome: 'completed' | 'failed'): Promise<string>;
  /** Resolves with the jobs whose renewal failed, as the next two do. */
  renew(runs: readonly Run[]): Promise<readonly string[]>;
  /** The lock of one run runs out while the others are renewed. */
  lose(dead: Run, living: readonly Run[]): Promise<readonly string[]>;
  /** Looks for stalled jobs, a second after the last look, when the locks of the others have been renewed. */
  look(living: readonly Run[]): Promise<readonly string[]>;
}

export interface Run {
  readonly id: string;
  readonly token: string;
  readonly monitor: string;
  /** `monitor cause attempt` */
  readonly text: string;
}

const LONG_MS = 60_000;
const { lockDuration: LOCK_MS, stalledInterval: LOOK_MS } = CHECK_WORKER_OPTIONS;

/** BullMQ's scripts on a real Redis. A lock lasts until it is taken away. */
export function realHand(server: TestRedis): Hand {
  const queues = openQueues(server.url);
  const redis = connectListener(server.url, 'hand');
  const worker = openHandWorker(redis);
  const jobs = new Map<string, Job<CheckJob, void>>();
  const renew = async (runs: readonly Run[]): Promise<readonly string[]> => {
    const [ids, tokens] = [runs.map(({ id }) => id), runs.map(({ token }) => token)];
    return runs.length === 0 ? [] : worker.extendJobLocks(ids, tokens, LONG_MS);
  };
  return {
    queues,
    renew,
    take: async (token) => {
      const job = (await worker.getNextJob(token, { block: false })) as Job<CheckJob, void> | undefined;
      if (job?.id === undefined) return undefined;
      jobs.set(token, job);
      return toRun({ id: job.id, data: job.data, attemptsStarted: job.attemptsStarted }, token);
    },
    end: async ({ id, monitor, token }, outcome) => {
      const job = jobs.get(token);
      try {
        if (outcome === 'completed') await job?.moveToCompleted(undefined, token, false);
        else await job?.moveToFailed(new Error('failed'), token, false);
        return 'ended';
      } catch (error) {
        return String(error).replace(id, monitor);
      }
    },
    lose: async (dead, living) => {
      await server.redis.del(`${QUEUE_PREFIX}:tp-sl:${dead.id}:lock`);
      return renew(living);
    },
    look: async (living) => {
      const lost = await renew(living);
      await server.redis.del(`${QUEUE_PREFIX}:tp-sl:stalled-check`);
      await worker['moveStalledJobsToWait']();
      return lost;
    },
    [Symbol.asyncDispose]: async () => {
      await worker.close();
      redis.disconnect();
      await queues.close();
    },
  };
}

/** The twin's, with a clock of its own that moves where locks run out. */
export function twinHand(): Hand {
  let nowMs = 0;
  let jobs = 0;
  const lane = new TwinLane(() => nowMs);
  const lanes = { 'tp-sl': lane, 'limit-order': new TwinLane(() => nowMs) };
  const newId = (): string => `job-${(jobs += 1)}`;
  const renew = (runs: readonly Run[]): readonly string[] => lane.extendLocks(runs.map(({ id, token }) => [id, token]));
  return {
    queues: openTwinSender({ lanes, gate: async (_command, run) => run(), nowMs: () => nowMs, newId }),
    take: async (token) => {
      const job = lane.take(token);
      return job && toRun(job, token);
    },
    end: async ({ id, monitor, token }, outcome) => {
      const said = lane.finish({ id, token, outcome, takeNext: false });
      return typeof said === 'string' ? `Error: ${said}`.replace(id, monitor) : 'ended';
    },
    renew: async (runs) => renew(runs),
    lose: async (_dead, living) => {
      const lost = [...renew(living)];
      for (const passedMs of [0.6 * LOCK_MS, 0.6 * LOCK_MS]) {
        nowMs += passedMs;
        lost.push(...renew(living));
      }
      return lost;
    },
    look: async (living) => {
      nowMs += LOOK_MS;
      const lost = renew(living);
      lane.recoverStalled();
      return lost;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function openHandWorker(connection: ReturnType<typeof connectListener>): Worker<CheckJob, void> {
  return new Worker('tp-sl', null, {
    ...CHECK_WORKER_OPTIONS,
    connection,
    prefix: QUEUE_PREFIX,
    autorun: false,
    lockDuration: LONG_MS,
  });
}

function toRun(job: Pick<TwinJob, 'id' | 'data' | 'attemptsStarted'>, token: string): Run {
  const { monitorId, cause } = job.data;
  return { id: job.id, token, monitor: monitorId, text: `${monitorId} ${cause} ${job.attemptsStarted}` };
}
