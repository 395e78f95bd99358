import { LANES, type Lane } from '@backstop/core';
import { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import type { CheckCause, CheckJob } from './check-job.ts';
import { connected } from './connected.ts';
import { QUEUE_PREFIX } from './keys.ts';
import { MAINTENANCE_JOB_OPTIONS, MAINTENANCE_QUEUE, type MaintenanceCommand } from './maintenance-command.ts';
import type { MonitorRef } from './monitor-ref.ts';
import { connectListener, connectSender } from './queue-connection.ts';
import { wakeByEvent, wakeBySweep } from './wake.ts';

/** `sweep`: in its turn. `event`: before all sweeps, and never lost. */
export type Urgency = 'sweep' | 'event';

/** Jobs by state. `waiting` are events, `sweeps` wait behind them. */
export interface QueueDepth {
  readonly waiting: number;
  readonly sweeps: number;
  readonly active: number;
  readonly failed: number;
}

/** The sending side of the queues. Every method rejects within 2 s when Redis does not answer; nothing is kept for later. */
export interface Queues extends AsyncDisposable {
  /** Resolves when Redis is connected. */
  ready(): Promise<void>;
  /** The one door to the check queues (DESIGN 3.2). */
  wake(ref: MonitorRef, lane: Lane, urgency: Urgency, cause: CheckCause): Promise<void>;
  /**
   * Sweep jobs of monitors whose time has come, 25 at a time. Resolves with those that have a job already: it may be ending,
   * so the caller looks after them again soon.
   */
  wakeMany(refs: readonly MonitorRef[], lane: Lane): Promise<readonly MonitorRef[]>;
  /** How many sweep jobs may be added now: at most 2 x `concurrency` (of all workers of the lane together) wait. */
  sweepRoom(lane: Lane, concurrency: number): Promise<number>;
  depths(): Promise<Readonly<Record<Lane | 'maintenance', QueueDepth>>>;
  /**
   * Has the maintenance service do something and resolves with its reply. Rejects with its error, or when none came within
   * `timeoutMs`: a command that nobody has begun by then is taken back.
   */
  ask(command: MaintenanceCommand, options: { readonly timeoutMs: number }): Promise<unknown>;
  /** Removes failed jobs older than a day. Resolves with how many; lost jobs are the workers' own business. */
  cleanQueues(): Promise<number>;
  close(): Promise<void>;
}

const FAILED_KEPT_MS = 86_400_000;
const EVENTS_KEPT = 1_000;

export interface QueuesOptions {
  /** Hears of trouble in the background; commands reject besides. */
  readonly onError?: (error: Error) => void;
  /**
   * Commands go over this connection, which stands already, in place of one of their own: Redis does them after whatever was
   * sent on it before. Whoever opened it closes it.
   */
  readonly redis?: Redis;
}

export function openQueues(redisUrl: string, options: QueuesOptions = {}): Queues {
  return new OpenQueues(redisUrl, options);
}

class OpenQueues implements Queues {
  readonly #redisUrl: string;
  readonly #onError: (error: Error) => void;
  readonly #redis: Redis;
  readonly #isOwn: boolean;
  readonly #checks: Readonly<Record<Lane, Queue<CheckJob>>>;
  readonly #maintenance: Queue<MaintenanceCommand>;
  #replies: { readonly events: QueueEvents; readonly redis: Redis } | undefined;

  constructor(redisUrl: string, { onError = () => undefined, redis }: QueuesOptions) {
    this.#redisUrl = redisUrl;
    this.#onError = onError;
    this.#redis = redis ?? connectSender(redisUrl, 'backstop-queues');
    this.#isOwn = redis === undefined;
    this.#checks = { 'tp-sl': this.#open('tp-sl'), 'limit-order': this.#open('limit-order') };
    this.#maintenance = this.#open(MAINTENANCE_QUEUE);
  }

  async ready(): Promise<void> {
    await Promise.all(this.#all().map((queue) => queue.waitUntilReady()));
  }

  async wake(ref: MonitorRef, lane: Lane, urgency: Urgency, cause: CheckCause): Promise<void> {
    await this.#connected();
    const check = toCheck(ref, lane, cause);
    await (urgency === 'event' ? wakeByEvent(this.#checks[lane], check) : wakeBySweep(this.#checks[lane], [check]));
  }

  async wakeMany(refs: readonly MonitorRef[], lane: Lane): Promise<readonly MonitorRef[]> {
    await this.#connected();
    const checks = refs.map((ref) => toCheck(ref, lane, 'due'));
    return wakeBySweep(this.#checks[lane], checks);
  }

  async sweepRoom(lane: Lane, concurrency: number): Promise<number> {
    await this.#connected();
    const waiting = await this.#checks[lane].getPrioritizedCount();
    return Math.max(2 * concurrency - waiting, 0);
  }

  async depths(): Promise<Readonly<Record<Lane | 'maintenance', QueueDepth>>> {
    await this.#connected();
    const [tpSl, limitOrder, maintenance] = await Promise.all([
      depthOf(this.#checks['tp-sl']),
      depthOf(this.#checks['limit-order']),
      depthOf(this.#maintenance),
    ]);
    return { 'tp-sl': tpSl, 'limit-order': limitOrder, maintenance };
  }

  async ask(command: MaintenanceCommand, { timeoutMs }: { readonly timeoutMs: number }): Promise<unknown> {
    await this.#connected();
    const events = await this.#listen();
    const job = await this.#maintenance.add(command.type, command, MAINTENANCE_JOB_OPTIONS);
    try {
      return (await job.waitUntilFinished(events, timeoutMs)) as unknown;
    } catch (error) {
      const taken = await job.isWaiting().catch(() => false);
      if (!taken) throw error;

      await job.remove().catch(() => undefined); // begun in this moment: then it may end
      throw new Error(`no maintenance service took "${command.type}" within ${timeoutMs} ms`, { cause: error });
    }
  }

  async cleanQueues(): Promise<number> {
    await this.#connected();
    const removed = await Promise.all(this.#all().map((queue) => queue.clean(FAILED_KEPT_MS, 1_000, 'failed')));
    return removed.flat().length;
  }

  async close(): Promise<void> {
    await this.#replies?.events.close();
    this.#replies?.redis.disconnect();
    await Promise.all(this.#all().map((queue) => queue.close()));
    if (this.#isOwn) this.#redis.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #connected(): Promise<void> {
    return connected(this.#redis, () => this.ready());
  }

  #open<Data>(name: string): Queue<Data> {
    const streams = { events: { maxLen: EVENTS_KEPT } };
    const queue = new Queue<Data>(name, { connection: this.#redis, prefix: QUEUE_PREFIX, streams });
    queue.on('error', this.#onError);
    return queue;
  }

  #all(): readonly Queue[] {
    return [...LANES.map((lane) => this.#checks[lane]), this.#maintenance];
  }

  /** Replies are heard only by those who ask. */
  async #listen(): Promise<QueueEvents> {
    if (this.#replies === undefined) {
      const redis = connectListener(this.#redisUrl, 'backstop-replies');
      const events = new QueueEvents(MAINTENANCE_QUEUE, { connection: redis, prefix: QUEUE_PREFIX });
      events.on('error', this.#onError);
      this.#replies = { events, redis };
    }
    await this.#replies.events.waitUntilReady();
    return this.#replies.events;
  }
}

function toCheck(ref: MonitorRef, lane: Lane, cause: CheckCause): CheckJob {
  const { account, symbol, positionIdx, monitorId } = ref;
  return { account, symbol, positionIdx, monitorId, lane, cause, atMs: Date.now() };
}

async function depthOf(queue: Queue): Promise<QueueDepth> {
  const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'failed');
  const { wait = 0, prioritized = 0, active = 0, failed = 0 } = counts;
  return { waiting: wait, sweeps: prioritized, active, failed };
}
