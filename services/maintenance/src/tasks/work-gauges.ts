import { LANES } from '@backstop/core';
import { ALL_BUCKETS, countDue, oldestChecked, outboxSize, readOutbox, redisTimeMs } from '@backstop/store';
import type { TaskDeps } from './task.ts';

/** How far behind the work of the whole installation is: checks, what the queues hold, and the archive. */
export async function workGauges(deps: TaskDeps): Promise<void> {
  await Promise.all([gaugeStaleness(deps), gaugeQueues(deps), gaugeArchive(deps)]);
}

async function gaugeStaleness({ redis, fleet }: TaskDeps): Promise<void> {
  const nowMs = await redisTimeMs(redis);
  const oldest = await Promise.all(ALL_BUCKETS.map((bucket) => oldestChecked(redis, bucket)));
  const stalenessMs = Math.max(0, ...oldest.flatMap(({ atMs }) => (atMs === undefined ? [] : nowMs - atMs)));
  fleet.monitorStaleness.set(stalenessMs / 1_000);
}

/** The backlog of checks is in the due sets; the queues hold what the workers are about to take. */
async function gaugeQueues({ redis, queues, fleet }: TaskDeps): Promise<void> {
  const depths = await queues.depths();
  for (const [queue, depth] of Object.entries(depths)) {
    for (const [state, jobs] of Object.entries(depth)) fleet.queueJobs.set({ queue, state }, jobs);
  }
  for (const lane of LANES) {
    const due = await Promise.all(ALL_BUCKETS.map((bucket) => countDue(redis, bucket, lane)));
    fleet.dueMonitors.set({ queue: lane }, sum(due));
  }
}

/** What is stored is trimmed, so that the first entry of each outbox is the oldest that is not. */
async function gaugeArchive({ redis, fleet }: TaskDeps): Promise<void> {
  const nowMs = await redisTimeMs(redis);
  const sizes = await Promise.all(ALL_BUCKETS.map((bucket) => outboxSize(redis, bucket)));
  const first = await Promise.all(ALL_BUCKETS.map((bucket) => readOutbox(redis, bucket, '0', 1)));
  const writtenAtMs = first.flat().map(({ id }) => Number.parseInt(id, 10));
  fleet.archivePending.set(sum(sizes.map(({ count }) => count)));
  fleet.archiveLag.set(Math.max(0, ...writtenAtMs.map((atMs) => nowMs - atMs)) / 1_000);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
