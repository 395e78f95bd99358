import { LANES, type Lane } from '@backstop/core';
import type { CheckCause, CheckJob } from '../../src/check-job.ts';
import type { MonitorRef } from '../../src/monitor-ref.ts';
import type { QueueDepth, Queues, Urgency } from '../../src/queues.ts';
import type { Gate } from '../twin/connection.ts';
import type { TwinJob, TwinLane } from './twin-lane.ts';

/** What a sender shares with the other senders and the workers. */
export interface TwinSenderParts {
  readonly lanes: Readonly<Record<Lane, TwinLane>>;
  readonly gate: Gate;
  readonly nowMs: () => number;
  /** A job id that was never given before. */
  readonly newId: () => string;
}

const MOST_PER_BULK = 25;
const FAILED_KEPT_MS = 86_400_000;
const FAILED_PER_CLEAN = 1_000;
const NO_JOBS: QueueDepth = { waiting: 0, sweeps: 0, active: 0, failed: 0 };

/** The sending side over the lanes in memory. There is no maintenance queue: it is always empty, and `ask` rejects. */
export function openTwinSender(parts: TwinSenderParts): Queues {
  return new OpenTwinSender(parts);
}

class OpenTwinSender implements Queues {
  readonly #parts: TwinSenderParts;
  #isOpen = true;

  constructor(parts: TwinSenderParts) {
    this.#parts = parts;
  }

  async ready(): Promise<void> {
    await Promise.resolve();
  }

  async wake(ref: MonitorRef, lane: Lane, urgency: Urgency, cause: CheckCause): Promise<void> {
    const queue = this.#parts.lanes[lane];
    const job = this.#toJob(ref, lane, cause);
    if (urgency === 'sweep') return void (await this.#send('addBulk', () => queue.addSweep(job)));

    const id = await this.#send('addStandardJob', () => queue.addEvent(job));
    if (id === job.id || !(await this.#send('getState', () => queue.isSweep(id)))) return;
    await this.#send('changePriority', () => queue.promote(id));
  }

  async wakeMany(refs: readonly MonitorRef[], lane: Lane): Promise<readonly MonitorRef[]> {
    const queue = this.#parts.lanes[lane];
    const left: CheckJob[] = [];
    for (let first = 0; first < refs.length; first += MOST_PER_BULK) {
      const jobs = refs.slice(first, first + MOST_PER_BULK).map((ref) => this.#toJob(ref, lane, 'due'));
      const had = await this.#send('addBulk', () => jobs.filter((job) => queue.addSweep(job) !== job.id));
      left.push(...had.map(({ data }) => data));
    }
    return left;
  }

  async sweepRoom(lane: Lane, concurrency: number): Promise<number> {
    const { sweeps } = await this.#send('getPrioritizedCount', () => this.#parts.lanes[lane].depth());
    return Math.max(2 * concurrency - sweeps, 0);
  }

  async depths(): Promise<Readonly<Record<Lane | 'maintenance', QueueDepth>>> {
    const { lanes } = this.#parts;
    return this.#send('getJobCounts', () => ({
      'tp-sl': lanes['tp-sl'].depth(),
      'limit-order': lanes['limit-order'].depth(),
      maintenance: NO_JOBS,
    }));
  }

  async ask({ type }: Parameters<Queues['ask']>[0]): Promise<unknown> {
    throw new Error(`the twin of the queues has no maintenance service to ask for "${type}"`);
  }

  async cleanQueues(): Promise<number> {
    const { lanes, nowMs } = this.#parts;
    const clean = (lane: Lane): number => lanes[lane].cleanFailed(nowMs() - FAILED_KEPT_MS, FAILED_PER_CLEAN);
    return this.#send('clean', () => LANES.map(clean).reduce((sum, removed) => sum + removed, 0));
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #send<T>(command: string, run: () => T): Promise<T> {
    if (!this.#isOpen) throw new Error('Connection is closed.');
    return this.#parts.gate(command, run);
  }

  #toJob(ref: MonitorRef, lane: Lane, cause: CheckCause): TwinJob {
    const { account, symbol, positionIdx, monitorId } = ref;
    const askedAtMs = this.#parts.nowMs();
    return {
      id: this.#parts.newId(),
      data: { account, symbol, positionIdx, monitorId, lane, cause, atMs: askedAtMs },
      askedAtMs,
      deduplicationId: `${monitorId}+${lane}`,
      takenAtMs: 0,
      attemptsStarted: 0,
      lock: undefined,
    };
  }
}
