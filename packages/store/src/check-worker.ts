import type { Lane } from '@backstop/core';
import { Worker, type Job } from 'bullmq';
import { CHECK_LIMIT_MS, CHECK_WORKER_OPTIONS, type CheckJob } from './check-job.ts';
import { QUEUE_PREFIX } from './keys.ts';
import { connectListener } from './queue-connection.ts';

/** A check that a worker has taken. `startedAtMs` and `askedAtMs` are ms since 1970 of the hosts that did it. */
export interface CheckRun {
  readonly id: string;
  readonly data: CheckJob;
  readonly askedAtMs: number;
  readonly startedAtMs: number;
}

/**
 * Does one check. `token` is the fence of this run: no other run, of this or any worker, ever has the same one. `signal`
 * aborts when the job's lock is lost or may be lost, after 10 s, and when the worker closes for good.
 */
export type CheckProcessor = (run: CheckRun, token: string, signal: AbortSignal) => Promise<void>;

export interface CheckWorkerOptions {
  readonly concurrency: number;
  /** The process's name, shown beside its jobs on the board. */
  readonly name?: string;
  /** Hears of checks that rejected (with their job's id), lost locks and connection trouble. */
  readonly onError?: (error: Error, jobId?: string) => void;
}

export interface CheckWorker extends AsyncDisposable {
  /** Resolves when both connections stand. */
  ready(): Promise<void>;
  /** Takes no more jobs, gives the running ones `graceMs`, aborts what is left and waits for its end. */
  close(graceMs?: number): Promise<void>;
}

interface Running {
  readonly controller: AbortController;
  leaseUntilMs: number;
  /** By `performance.now()`: when it has taken too long. */
  readonly endsAtMs: number;
}

const LEASE_LOOK_MS = 250;
const RETRY_AFTER_MS = 500;
/**
 * So many checks at once share one worker of BullMQ. After a pause that fetches one job after the other, a round trip each, and
 * begins none of them before its last place is filled: with few places it begins sooner, and several fetch side by side.
 */
const PLACES_EACH = 5;
/** Each has a connection of its own to wait with. */
const MOST_WORKERS = 8;

/** Starts taking jobs of a lane. Connections are its own; Redis being away only pauses it. */
export function checkWorker(
  redisUrl: string,
  lane: Lane,
  processor: CheckProcessor,
  options: CheckWorkerOptions,
): CheckWorker {
  return new OpenCheckWorker(redisUrl, lane, processor, options);
}

class OpenCheckWorker implements CheckWorker {
  readonly #redis;
  readonly #workers: readonly Worker<CheckJob, void>[];
  readonly #processor: CheckProcessor;
  readonly #running = new Map<string, Running>();
  readonly #leaseTimer: NodeJS.Timeout;

  constructor(redisUrl: string, lane: Lane, processor: CheckProcessor, options: CheckWorkerOptions) {
    this.#processor = processor;
    this.#redis = connectListener(redisUrl, `backstop-worker-${lane}`);
    this.#workers = placesOf(options.concurrency).map((places) => this.#open(lane, places, options));
    this.#leaseTimer = setInterval(() => this.#abortOverdue(), LEASE_LOOK_MS);
    this.#leaseTimer.unref();
  }

  async ready(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()));
  }

  async close(graceMs = 5_000): Promise<void> {
    const grace = setTimeout(() => this.#abort([...this.#running.keys()], 'the worker is closing'), graceMs);
    await Promise.all(this.#workers.map((worker) => worker.close()));
    clearTimeout(grace);
    clearInterval(this.#leaseTimer);
    this.#redis.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(lane: Lane, concurrency: number, { name, onError = () => undefined }: CheckWorkerOptions) {
    const worker = new Worker<CheckJob, void>(lane, (job, token) => this.#run(job, token ?? ''), {
      ...CHECK_WORKER_OPTIONS,
      connection: this.#redis,
      prefix: QUEUE_PREFIX,
      concurrency,
      runRetryDelay: RETRY_AFTER_MS,
      ...(name === undefined ? {} : { name }),
    });
    worker.on('error', (error) => onError(error));
    worker.on('failed', (job, error) => onError(error, job?.id));
    worker.on('locksRenewed', ({ jobIds }) => this.#renew(jobIds));
    worker.on('lockRenewalFailed', (jobIds) => this.#abort(jobIds, 'the lock of this check is lost'));
    return worker;
  }

  async #run(job: Job<CheckJob, void>, slotToken: string): Promise<void> {
    const id = job.id ?? '';
    this.#abort([id], 'the lock of this check is lost: it was given out again');
    const nowMs = performance.now();
    const running = {
      controller: new AbortController(),
      leaseUntilMs: nowMs + CHECK_WORKER_OPTIONS.lockDuration,
      endsAtMs: nowMs + CHECK_LIMIT_MS,
    };
    this.#running.set(id, running);

    const run = { id, data: job.data, askedAtMs: job.timestamp, startedAtMs: job.processedOn ?? Date.now() };
    try {
      // BullMQ's token belongs to a slot of the worker, which uses it for one job after the other.
      await this.#processor(run, `${slotToken}:${id}:${job.attemptsStarted}`, running.controller.signal);
    } finally {
      if (this.#running.get(id) === running) this.#running.delete(id);
    }
  }

  #renew(jobIds: readonly string[]): void {
    for (const id of jobIds) {
      const running = this.#running.get(id);
      if (running !== undefined) running.leaseUntilMs = performance.now() + CHECK_WORKER_OPTIONS.lockDuration;
    }
  }

  /** A lock that could not be renewed in time may be lost without anybody saying so: a frozen Redis, a stopped process. */
  #abortOverdue(): void {
    const nowMs = performance.now();
    const overdue = [...this.#running].filter(([, { leaseUntilMs }]) => leaseUntilMs < nowMs).map(([id]) => id);
    this.#abort(overdue, 'the lock of this check may be lost: it was not renewed in time');
    const late = [...this.#running].filter(([, { endsAtMs }]) => endsAtMs < nowMs).map(([id]) => id);
    this.#abort(late, 'this check has taken too long');
  }

  #abort(jobIds: readonly string[], reason: string): void {
    for (const id of jobIds) this.#running.get(id)?.controller.abort(new Error(reason));
  }
}

/** How many checks each worker of BullMQ makes at once, for so many in all. */
function placesOf(concurrency: number): readonly number[] {
  const workers = Math.min(Math.ceil(concurrency / PLACES_EACH), MOST_WORKERS);
  return Array.from({ length: workers }, (_, at) => Math.floor((concurrency + at) / workers));
}
