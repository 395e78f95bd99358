import type { Lane } from '@backstop/core';
import type { CheckProcessor, CheckWorkerOptions } from '../../src/check-worker.ts';
import type { Queues } from '../../src/queues.ts';
import type { Gate } from '../twin/connection.ts';
import { TwinLane } from './twin-lane.ts';
import { openTwinSender } from './twin-sender.ts';
import { openTwinWorker, type TwinWorker } from './twin-worker.ts';

/** The check queues in memory: senders and workers of any number of processes, and the Redis between them. */
export interface TwinQueues {
  /** The sending side of one process. `ask` rejects: there is no maintenance queue. */
  queues(gate?: Gate): Queues;
  /** A worker of one lane in a process of its own, as `checkWorker` opens it. */
  worker(lane: Lane, processor: CheckProcessor, options: CheckWorkerOptions & { readonly gate?: Gate }): TwinWorker;
  /** FLUSHALL: all that is queued or active is gone. Running processors go on, and their locks are lost. */
  clear(): void;
  /** Of both lanes since they were opened. `stalled`: jobs that came back from a worker that had lost them. */
  readonly counts: { readonly completed: number; readonly failed: number; readonly stalled: number };
}

/**
 * Opens queues without Redis that behave as `openQueues` and `checkWorker` do with it, in the same order and with the same
 * replies. Time is what `nowMs` says (ms); timers only wake what is due by it, so both may be virtual. Nothing is random:
 * the same calls give the same ids, tokens and order.
 */
export function openTwinQueues({ nowMs }: { readonly nowMs: () => number }): TwinQueues {
  const lanes = { 'tp-sl': new TwinLane(nowMs), 'limit-order': new TwinLane(nowMs) };
  const jobId = numbered('twin-job');
  const workerName = numbered('twin-worker');
  const sum = (count: 'completed' | 'failed' | 'stalled'): number =>
    lanes['tp-sl'].counts[count] + lanes['limit-order'].counts[count];
  return {
    queues: (gate = atOnce) => openTwinSender({ lanes, gate, nowMs, newId: jobId }),
    worker: (lane, processor, options) =>
      openTwinWorker({
        queue: lanes[lane],
        nowMs,
        name: workerName(),
        processor,
        options: { gate: atOnce, ...options },
      }),
    clear: () => Object.values(lanes).forEach((lane) => lane.clear()),
    get counts() {
      return { completed: sum('completed'), failed: sum('failed'), stalled: sum('stalled') };
    },
  };
}

/** Redis at hand: every command happens when it is sent. */
const atOnce: Gate = async (_command, run) => run();

function numbered(name: string): () => string {
  let given = 0;
  return () => `${name}-${(given += 1)}`;
}
