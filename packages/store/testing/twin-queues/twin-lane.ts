import { CHECK_JOB_OPTIONS, CHECK_WORKER_OPTIONS, type CheckJob } from '../../src/check-job.ts';
import type { QueueDepth } from '../../src/queues.ts';

/** One job as Redis keeps it. Its lock is given when it is taken, and counts until the lock's time. */
export interface TwinJob {
  readonly id: string;
  readonly data: CheckJob;
  readonly askedAtMs: number;
  readonly deduplicationId: string;
  takenAtMs: number;
  attemptsStarted: number;
  lock: { readonly token: string; readonly untilMs: number } | undefined;
}

/** What ends: the job that `token` holds, how, and whether the worker takes the next one with the same token. */
export interface JobEnd {
  readonly id: string;
  readonly token: string;
  readonly outcome: 'completed' | 'failed';
  readonly takeNext: boolean;
}

const { lockDuration: LOCK_MS, stalledInterval: STALLED_LOOK_MS } = CHECK_WORKER_OPTIONS;
const FAILED_KEPT = CHECK_JOB_OPTIONS.removeOnFail.count;

/**
 * What Redis holds of one check queue. Each public method is one of BullMQ 6.7's scripts as far as check jobs reach it: it
 * happens at once, whoever sent it. Times are ms by the clock that is passed in.
 *
 * A key is gone in the millisecond in which its time runs out, not in the next one as in Redis: where no command takes any
 * time, every second look for stalled jobs would come a moment too early.
 */
export class TwinLane {
  readonly counts = { completed: 0, failed: 0, stalled: 0 };
  readonly #nowMs: () => number;
  readonly #jobs = new Map<string, TwinJob>();
  /** Without priority, the next one first. */
  readonly #waiting: string[] = [];
  /** All of one priority, so in the order of asking. */
  readonly #sweeps: string[] = [];
  /** In the order of taking. */
  readonly #active: string[] = [];
  /** In the order of failing. */
  readonly #failed: { readonly id: string; readonly atMs: number }[] = [];
  /** Deduplication id -> the job that holds it: from its adding to its end, however often its worker dies. */
  readonly #holders = new Map<string, string>();
  /** Deduplication id -> what is added when the active holder ends. */
  readonly #kept = new Map<string, TwinJob>();
  /** Active when somebody last looked for stalled jobs, and not renewed since. */
  readonly #suspects = new Set<string>();
  #lookedUntilMs = Number.NEGATIVE_INFINITY;
  /** BullMQ's marker: something may be there to take. It reaches one waiting worker, or stays for the next that comes. */
  #isMarked = false;
  readonly #blocked: (() => void)[] = [];
  readonly #takenListeners: (() => void)[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** addStandardJob with `keepLastIfActive`. Returns the id of the job that stands for it: the given one's when it was added. */
  addEvent(job: TwinJob): string {
    const holder = this.#holders.get(job.deduplicationId);
    if (holder === undefined) return this.#enter(job, this.#waiting);

    if (this.#active.includes(holder)) this.#kept.set(job.deduplicationId, job);
    return holder;
  }

  /** addPrioritizedJob. Returns the id of the job that stands for it. */
  addSweep(job: TwinJob): string {
    return this.#holders.get(job.deduplicationId) ?? this.#enter(job, this.#sweeps);
  }

  /** getState, as far as it is asked for: whether the job waits among the sweeps. */
  isSweep(id: string): boolean {
    return this.#sweeps.includes(id);
  }

  /** changePriority to 0: the job goes behind the events that wait, and so does one that waits among them already. */
  promote(id: string): void {
    if (!withdraw(this.#sweeps, id) && !withdraw(this.#waiting, id)) return;

    this.#waiting.push(id);
    this.#mark();
  }

  /** A job is active, or was at the last look for stalled ones: such a look has something to do. */
  get isBusy(): boolean {
    return this.#active.length > 0 || this.#suspects.size > 0;
  }

  /** `listener` is called whenever a job is taken, by whomever: for the timers of the workers. */
  onTaken(listener: () => void): void {
    this.#takenListeners.push(listener);
  }

  /** moveToActive: events before sweeps. */
  take(token: string): TwinJob | undefined {
    const job = this.#jobs.get(this.#waiting.shift() ?? this.#sweeps.shift() ?? '');
    if (job === undefined) return undefined;

    const nowMs = this.#nowMs();
    this.#active.push(job.id);
    Object.assign(job, {
      lock: { token, untilMs: nowMs + LOCK_MS },
      takenAtMs: nowMs,
      attemptsStarted: job.attemptsStarted + 1,
    });
    this.#mark();
    for (const heard of this.#takenListeners) heard();
    return { ...job };
  }

  /** moveToFinished. Returns the next job, or what BullMQ says when the token does not hold this one any more. */
  finish({ id, token, outcome, takeNext }: JobEnd): TwinJob | string | undefined {
    const job = this.#jobs.get(id);
    if (job === undefined) return `Missing key for job ${id}. moveToFinished`;
    const holder = this.#lockOf(id);
    if (holder === undefined) return `Missing lock for job ${id}. moveToFinished`;
    if (holder !== token) return `Lock mismatch for job ${id}. Cmd moveToFinished from active`;

    job.lock = undefined;
    this.#suspects.delete(id);
    withdraw(this.#active, id);
    this.#release(job);
    this.counts[outcome] += 1;
    if (outcome === 'completed') this.#jobs.delete(id);
    else this.#keepFailed(id);
    return takeNext ? this.take(token) : undefined;
  }

  /** extendLocks. Returns the jobs that their token does not hold any more. */
  extendLocks(locks: readonly (readonly [id: string, token: string])[]): readonly string[] {
    const lost: string[] = [];
    for (const [id, token] of locks) {
      const job = this.#jobs.get(id);
      if (job === undefined || this.#lockOf(id) !== token) lost.push(id);
      else {
        job.lock = { token, untilMs: this.#nowMs() + LOCK_MS };
        this.#suspects.delete(id);
      }
    }
    return lost;
  }

  /**
   * moveStalledJobsToWait, of which one each second does something: what was active at the last look and has no lock now goes
   * before everything that waits; what is active now is looked at next time. `maxStalledCount` is out of reach.
   */
  recoverStalled(): void {
    const nowMs = this.#nowMs();
    if (nowMs < this.#lookedUntilMs) return;

    this.#lookedUntilMs = nowMs + STALLED_LOOK_MS;
    // Redis gives several in no certain order. Here the longest active one comes to stand first.
    const stalled = this.#active.filter((id) => this.#suspects.has(id) && this.#lockOf(id) === undefined);
    for (const id of stalled.toReversed()) {
      withdraw(this.#active, id);
      this.#waiting.unshift(id);
      this.counts.stalled += 1;
      this.#mark();
    }
    this.#suspects.clear();
    for (const id of this.#active) this.#suspects.add(id);
  }

  /** BZPOPMIN on the marker: `wake` is called once, now or when there may be a job. Returns how to stop waiting. */
  block(wake: () => void): () => void {
    if (this.#isMarked) {
      this.#isMarked = false;
      wake();
      return () => undefined;
    }
    this.#blocked.push(wake);
    return () => void withdraw(this.#blocked, wake);
  }

  depth(): QueueDepth {
    return {
      waiting: this.#waiting.length,
      sweeps: this.#sweeps.length,
      active: this.#active.length,
      failed: this.#failed.length,
    };
  }

  /** Removes up to `limit` jobs that failed at `untilMs` or before, the oldest first. Returns how many. */
  cleanFailed(untilMs: number, limit: number): number {
    const old = this.#failed.filter(({ atMs }) => atMs <= untilMs).slice(0, limit);
    for (const { id } of this.#failed.splice(0, old.length)) this.#jobs.delete(id);
    return old.length;
  }

  /** FLUSHALL. Workers that wait go on waiting. */
  clear(): void {
    for (const list of [this.#waiting, this.#sweeps, this.#active, this.#failed]) list.length = 0;
    for (const keys of [this.#jobs, this.#holders, this.#kept, this.#suspects]) keys.clear();
    this.#lookedUntilMs = Number.NEGATIVE_INFINITY;
    this.#isMarked = false;
  }

  #enter(job: TwinJob, list: string[]): string {
    this.#jobs.set(job.id, job);
    this.#holders.set(job.deduplicationId, job.id);
    list.push(job.id);
    this.#mark();
    return job.id;
  }

  /** The deduplication id is free, or goes to the event that was kept: a job of this moment, behind the events that wait. */
  #release({ id, deduplicationId }: TwinJob): void {
    if (this.#holders.get(deduplicationId) === id) this.#holders.delete(deduplicationId);
    const kept = this.#kept.get(deduplicationId);
    this.#kept.delete(deduplicationId);
    if (kept !== undefined) this.#enter({ ...kept, askedAtMs: this.#nowMs() }, this.#waiting);
  }

  #keepFailed(id: string): void {
    this.#failed.push({ id, atMs: this.#nowMs() });
    for (const { id: oldest } of this.#failed.splice(0, this.#failed.length - FAILED_KEPT)) this.#jobs.delete(oldest);
  }

  #lockOf(id: string): string | undefined {
    const lock = this.#jobs.get(id)?.lock;
    return lock !== undefined && lock.untilMs > this.#nowMs() ? lock.token : undefined;
  }

  #mark(): void {
    const wake = this.#blocked.shift();
    if (wake === undefined) this.#isMarked = true;
    else wake();
  }
}

function withdraw<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
