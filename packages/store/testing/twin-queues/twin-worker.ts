import { CHECK_LIMIT_MS, CHECK_WORKER_OPTIONS } from '../../src/check-job.ts';
import type { CheckProcessor, CheckWorker, CheckWorkerOptions } from '../../src/check-worker.ts';
import type { Gate } from '../twin/connection.ts';
import type { TwinJob, TwinLane } from './twin-lane.ts';
import { twinProcess, type TwinProcess } from './twin-process.ts';
import { TwinLook } from './twin-look.ts';

/** A worker whose process can be ended and frozen. */
export interface TwinWorker extends CheckWorker {
  /** kill -9: takes nothing more, renews no lock, its running processors are left hanging (their signals do not fire). */
  kill(): void;
  /**
   * SIGSTOP: nothing is taken, no lock is renewed, no signal fires, and what ends is not told. Frozen while it waits for a job,
   * it still gets the word that one is there, and passes it on to nobody. `close` waits for `resume`.
   */
  stop(): void;
  /** SIGCONT: what is overdue happens now, as in the real worker. */
  resume(): void;
}

export interface TwinWorkerParts {
  readonly queue: TwinLane;
  readonly nowMs: () => number;
  /** No other worker's: tokens begin with it. */
  readonly name: string;
  readonly processor: CheckProcessor;
  readonly options: CheckWorkerOptions & { readonly gate: Gate };
}

interface Running {
  readonly controller: AbortController;
  leaseUntilMs: number;
}

const { lockDuration: LOCK_MS, stalledInterval: STALLED_LOOK_MS } = CHECK_WORKER_OPTIONS;
/** BullMQ renews a lock when half of its time is over, and looks twice as often which ones those are. */
const RENEW_AFTER_MS = LOCK_MS / 4;
const RENEW_LOOK_MS = LOCK_MS / 4;
const LEASE_LOOK_MS = 250;
const RETRY_AFTER_MS = 500;
/** BullMQ's `drainDelay`: a worker that waits asks again by itself after this time. */
const ASK_AGAIN_MS = 5_000;

/** Starts taking jobs of a lane. */
export function openTwinWorker(parts: TwinWorkerParts): TwinWorker {
  const worker = new OpenTwinWorker(parts);
  worker.start();
  return worker;
}

class OpenTwinWorker implements TwinWorker {
  readonly #parts: TwinWorkerParts;
  readonly #process: TwinProcess = twinProcess();
  readonly #gate: Gate;
  readonly #onError: (error: Error, jobId?: string) => void;
  /** Checks that have not ended, aborted ones too: each fills a slot. */
  readonly #checks = new Set<Promise<void>>();
  readonly #running = new Map<string, Running>();
  /** The locks to renew. The end of an older run of the same job takes the newer one's away, as in BullMQ. */
  readonly #locks = new Map<string, { readonly token: string; renewedAtMs: number }>();
  readonly #gone = Promise.withResolvers<void>();
  #slots = 0;
  #isFetching = false;
  #fetching: Promise<void> = Promise.resolve();
  #isDrained = false;
  #isClosing = false;
  #stopWaiting: () => void = () => undefined;
  readonly #leases: TwinLook;
  readonly #renewals: TwinLook;
  readonly #stalled: TwinLook;

  constructor(parts: TwinWorkerParts) {
    const { nowMs } = parts;
    this.#parts = parts;
    this.#gate = parts.options.gate;
    this.#onError = parts.options.onError ?? (() => undefined);
    const look = (everyMs: number, act: () => void | Promise<void>, isOver: () => boolean): TwinLook =>
      new TwinLook({ process: this.#process, nowMs, everyMs, act, isOver });
    this.#leases = look(
      LEASE_LOOK_MS,
      () => this.#abortOverdue(),
      () => this.#running.size === 0,
    );
    this.#renewals = look(
      RENEW_LOOK_MS,
      () => this.#renewLocks(),
      () => this.#locks.size === 0,
    );
    this.#stalled = look(
      STALLED_LOOK_MS,
      () => this.#lookForStalled(),
      () => this.#isClosing || !parts.queue.isBusy,
    );
  }

  start(): void {
    this.#parts.queue.onTaken(() => this.#stalled.goOn());
    this.#stalled.begin();
    this.#fill();
  }

  async ready(): Promise<void> {
    await this.#process.runs();
  }

  async close(graceMs = 5_000): Promise<void> {
    this.#isClosing = true;
    this.#stopWaiting();
    this.#process.after(graceMs, () => this.#abort([...this.#running.keys()], 'the worker is closing'));
    await Promise.race([this.#ended(), this.#gone.promise]);
    this.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  kill(): void {
    this.#isClosing = true;
    this.#stopWaiting();
    this.#process.kill();
    this.#gone.resolve();
  }

  stop(): void {
    this.#process.stop();
  }

  resume(): void {
    this.#process.resume();
  }

  async #ended(): Promise<void> {
    while (this.#isFetching || this.#checks.size > 0) await Promise.all([this.#fetching, ...this.#checks]);
  }

  #fill(): void {
    if (this.#isFetching) return;

    this.#isFetching = true;
    this.#fetching = this.#fetch();
  }

  /** Fills the free slots, one job after the other, and waits for one when there is none. */
  async #fetch(): Promise<void> {
    while (!this.#isClosing && this.#checks.size < this.#parts.options.concurrency) {
      if (this.#isDrained && !(await this.#waitForJob())) break;

      const token = `${this.#parts.name}:${this.#slots}`;
      this.#slots += 1;
      const job = await this.#send('moveToActive', () => this.#parts.queue.take(token));
      this.#isDrained = job === undefined;
      if (job !== undefined) this.#start(job, token);
    }
    this.#isFetching = false;
  }

  /** Redis's own time limit, which goes on where the worker is frozen. Resolves with false when the worker closes instead. */
  async #waitForJob(): Promise<boolean> {
    const woken = Promise.withResolvers<boolean>();
    const limit = setTimeout(() => woken.resolve(true), ASK_AGAIN_MS);
    const leave = this.#parts.queue.block(() => woken.resolve(true));
    this.#stopWaiting = () => woken.resolve(false);
    const isThere = await woken.promise;
    clearTimeout(limit);
    leave();
    await this.#process.runs();
    return isThere;
  }

  #start(job: TwinJob, token: string): void {
    const check = this.#work(job, token).finally(() => {
      this.#checks.delete(check);
      this.#fill();
    });
    this.#checks.add(check);
  }

  /** One slot: this job, and what comes after it without a break. */
  async #work(first: TwinJob, token: string): Promise<void> {
    let job: TwinJob | undefined = first;
    while (job !== undefined) {
      this.#locks.set(job.id, { token, renewedAtMs: job.takenAtMs });
      this.#renewals.goOn();
      const failure = await this.#run(job, token);
      await this.#process.runs();
      this.#locks.delete(job.id);
      job = await this.#finish(job.id, token, failure);
    }
  }

  /** Resolves with what the check rejected with, or undefined. */
  async #run({ id, data, askedAtMs, takenAtMs, attemptsStarted }: TwinJob, token: string): Promise<Error | undefined> {
    this.#abort([id], 'the lock of this check is lost: it was given out again');
    const running = { controller: new AbortController(), leaseUntilMs: this.#parts.nowMs() + LOCK_MS };
    this.#running.set(id, running);
    this.#leases.goOn();
    const stopLimit = this.#process.after(CHECK_LIMIT_MS, () => running.controller.abort(timedOut()));

    const run = { id, data, askedAtMs, startedAtMs: takenAtMs };
    try {
      await this.#parts.processor(run, `${token}:${id}:${attemptsStarted}`, running.controller.signal);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      stopLimit();
      if (this.#running.get(id) === running) this.#running.delete(id);
    }
  }

  async #finish(id: string, token: string, failure: Error | undefined): Promise<TwinJob | undefined> {
    const takeNext = !this.#isClosing;
    const outcome = failure === undefined ? 'completed' : 'failed';
    const next = await this.#send('moveToFinished', () => this.#parts.queue.finish({ id, token, outcome, takeNext }));
    if (typeof next === 'string') {
      this.#onError(new Error(next));
      return undefined;
    }
    if (failure !== undefined) this.#onError(failure, id);
    return next;
  }

  async #renewLocks(): Promise<void> {
    const nowMs = this.#parts.nowMs();
    const old = [...this.#locks].filter(([, { renewedAtMs }]) => renewedAtMs + RENEW_AFTER_MS < nowMs);
    for (const [, lock] of old) lock.renewedAtMs = nowMs;
    if (old.length > 0) await this.#extend(old.map(([id, { token }]) => [id, token] as const));
  }

  async #extend(locks: readonly (readonly [id: string, token: string])[]): Promise<void> {
    const lost = await this.#try('extendLocks', () => this.#parts.queue.extendLocks(locks));
    if (lost === undefined) return;

    this.#abort(lost, 'the lock of this check is lost');
    for (const id of lost) this.#onError(new Error(`could not renew lock for job ${id}`));
    for (const [id] of locks) {
      const running = lost.includes(id) ? undefined : this.#running.get(id);
      if (running !== undefined) running.leaseUntilMs = this.#parts.nowMs() + LOCK_MS;
    }
  }

  async #lookForStalled(): Promise<void> {
    if (this.#isClosing) return;

    await this.#try('moveStalledJobsToWait', () => this.#parts.queue.recoverStalled());
  }

  #abortOverdue(): void {
    const nowMs = this.#parts.nowMs();
    const overdue = [...this.#running].filter(([, { leaseUntilMs }]) => leaseUntilMs < nowMs).map(([id]) => id);
    this.#abort(overdue, 'the lock of this check may be lost: it was not renewed in time');
  }

  #abort(jobIds: readonly string[], reason: string): void {
    for (const id of jobIds) this.#running.get(id)?.controller.abort(new Error(reason));
  }

  /** A command that is sent again until it arrives. A killed worker's never returns. */
  async #send<T>(command: string, run: () => T): Promise<T> {
    for (;;) {
      await this.#process.runs();
      try {
        const reply = await this.#gate(command, run);
        await this.#process.runs();
        return reply;
      } catch (error) {
        await this.#process.runs();
        this.#onError(toError(error));
        await new Promise<void>((resolve) => void this.#process.after(RETRY_AFTER_MS, resolve));
      }
    }
  }

  /** A command that the next one of its kind makes up for. Resolves with undefined when it was lost. */
  async #try<T>(command: string, run: () => T): Promise<T | undefined> {
    await this.#process.runs();
    try {
      return await this.#gate(command, run);
    } catch (error) {
      this.#onError(toError(error));
      return undefined;
    } finally {
      await this.#process.runs();
    }
  }
}

/** As `AbortSignal.timeout` says it. */
function timedOut(): DOMException {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError');
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
