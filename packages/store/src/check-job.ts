import type { Lane } from '@backstop/core';
import type { MonitorRef } from './monitor-ref.ts';

/**
 * Why a check was asked for: its time had come, what it waited for is there, something happened, a frame of the account's
 * stream told of it, or a person asked.
 */
export type CheckCause = 'due' | 'waiter' | 'event' | 'frame' | 'operator';

/**
 * The data of a job in the queues `tp-sl` and `limit-order`. `cause` and `atMs` (ms since 1970, of the host that asked) are
 * those of the first request: later ones join the job that waits.
 */
export interface CheckJob extends MonitorRef {
  readonly lane: Lane;
  readonly cause: CheckCause;
  readonly atMs: number;
}

/** One name per kind of work: what each job of a check queue is called on the board. */
export const CHECK_JOB = 'check';

/** Sweeps wait behind events: BullMQ takes jobs without a priority first (DESIGN 3.2). */
export const SWEEP_PRIORITY = 10;

/** No job is tried again: the due set brings the monitor back. Failed ones stay for people to look at, a bounded number. */
export const CHECK_JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 1_000 } } as const;

/** The worker's half: a dead worker's monitor restarts within about 3 s, and no number of deaths makes a job fail (DESIGN 3.3). */
export const CHECK_WORKER_OPTIONS = { lockDuration: 2_000, stalledInterval: 1_000, maxStalledCount: 1_000 } as const;

/** Every job ends within this time. */
export const CHECK_LIMIT_MS = 10_000;
