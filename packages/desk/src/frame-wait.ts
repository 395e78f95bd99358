import { FRAMES_TAKE_MS, isOutrun, type Plan, type Snapshot } from '@backstop/core';
import { toSnapshot, type CheckRead } from '@backstop/store';
import { isDirty, type Scope } from './next-read.ts';

/** How long after a write its frames are waited for, ms. */
const CONFIRM_MS = 250;
/** How long it may come before them, ms: frames of one event come together. */
const TOGETHER_MS = 100;
/** No process lets a lane wait longer than that in all: a protective decision has to be made (S-13). */
const LONGEST_MS = 1_000;

/** What is known beside the facts of how long something has been missing. */
export interface Waited {
  /** Since this process first waited for frames that would let this lane decide, ms. */
  readonly waitedMs: number;
  /** Redis time of our last write on these rows. */
  readonly wroteAtMs: number;
}

/**
 * How long frames of a live stream may still be on their way that make a read of this scope needless, ms; 0 = read. They are
 * waited for after a write, and while only one side of a fill is known: the rows that it changed, or the execution.
 */
export function frameWaitMs(read: CheckRead, scope: Scope, { waitedMs, wroteAtMs }: Waited): number {
  const { plan, nowMs } = read;
  const snapshot = toSnapshot(read);
  if (plan === undefined || snapshot?.streamed !== true || waitedMs >= LONGEST_MS) return 0;

  const newestMs = Math.max(snapshot.positionAtMs, snapshot.ordersAtMs);
  if (scope === 'executions') return Math.max(newestMs + FRAMES_TAKE_MS - nowMs, TOGETHER_MS - waitedMs, 0);
  if (isDirty(read)) return Math.max(wroteAtMs + CONFIRM_MS - nowMs, 0);
  return isBehindExecutions(snapshot, plan) ? Math.max(TOGETHER_MS - waitedMs, 0) : 0;
}

/** Whether orders show less than is booked: that is all that outruns rows where no price is known. */
function isBehindExecutions(snapshot: Snapshot, plan: Plan): boolean {
  return isOutrun({ ...snapshot, prices: undefined }, plan);
}
