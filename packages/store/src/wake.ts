import { randomUUID } from 'node:crypto';
import type { Lane } from '@backstop/core';
import type { Job, JobsOptions, Queue } from 'bullmq';
import { CHECK_JOB, CHECK_JOB_OPTIONS, SWEEP_PRIORITY, type CheckJob } from './check-job.ts';

/** BullMQ's limit per bulk (DESIGN 3.2): a larger one holds Redis up while fills wait. */
const MOST_PER_BULK = 25;

/**
 * Makes sure that a check of this monitor and lane starts after this moment, before any sweep. Whatever state a job of the
 * same monitor is in, the event is not lost: none yet: it is added. Waiting: that job is moved ahead of the sweeps, and reads
 * the facts when it starts. Active (or its worker died): another one follows when it ends.
 */
export async function wakeByEvent(queue: Queue<CheckJob>, data: CheckJob): Promise<void> {
  const jobId = randomUUID();
  const job = await queue.add(CHECK_JOB, data, {
    ...CHECK_JOB_OPTIONS,
    jobId,
    deduplication: { id: deduplicationId(data), keepLastIfActive: true },
  });
  if (job.id !== jobId) await promote(job);
}

/**
 * Asks for checks in the order of sweeps. One that has a job already, waiting or active, gets no second; those are returned,
 * since a job that is just ending has read its facts before it was asked for.
 */
export async function wakeBySweep(queue: Queue<CheckJob>, checks: readonly CheckJob[]): Promise<readonly CheckJob[]> {
  const left: CheckJob[] = [];
  for (let first = 0; first < checks.length; first += MOST_PER_BULK) {
    const jobs = checks.slice(first, first + MOST_PER_BULK);
    const asked = jobs.map((data) => ({ name: CHECK_JOB, data, opts: { ...sweepOptions(data), jobId: randomUUID() } }));
    const added = await queue.addBulk(asked);
    left.push(...jobs.filter((_job, at) => added[at]?.id !== asked[at]?.opts.jobId));
  }
  return left;
}

/** Never with `keepLastIfActive`: it would replace the event that is kept for when the active job ends. */
function sweepOptions(data: CheckJob): JobsOptions {
  return { ...CHECK_JOB_OPTIONS, priority: SWEEP_PRIORITY, deduplication: { id: deduplicationId(data) } };
}

/** Only from among the sweeps: an event that waits already would lose its place to those that came after it. */
async function promote(waiting: Job<CheckJob>): Promise<void> {
  try {
    if ((await waiting.getState()) === 'prioritized') await waiting.changePriority({ priority: 0 });
  } catch (error) {
    // It ended in between, so it started after what it is woken for was written.
    if (!(error instanceof Error) || !error.message.startsWith('Missing key')) throw error;
  }
}

function deduplicationId({ monitorId, lane }: { readonly monitorId: string; readonly lane: Lane }): string {
  return `${monitorId}+${lane}`;
}
