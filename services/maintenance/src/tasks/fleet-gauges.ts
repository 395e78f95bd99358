import { LANES, protectionNow } from '@backstop/core';
import {
  BUCKETS,
  countDue,
  listActive,
  memoriesOf,
  oldestChecked,
  outboxSize,
  peekCheck,
  readOutbox,
  redisTimeMs,
  toSnapshot,
} from '@backstop/store';
import type { TaskDeps } from './task.ts';

const ALL_BUCKETS = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

/** What is true of the whole installation: protection, how far behind checks and archive are, and what the queues hold. */
export async function fleetGauges(deps: TaskDeps): Promise<void> {
  await Promise.all([gaugeProtection(deps), gaugeStaleness(deps), gaugeQueues(deps), gaugeArchive(deps)]);
}

/** Time without a verified stop is added up between looks; the exchange's own rows say what is protected (S-05). */
async function gaugeProtection({ redis, accounts, fleet, since }: TaskDeps): Promise<void> {
  const seconds = since('protection') / 1_000;
  const tally = { covered: 0, naked: 0 };
  for (const account of accounts) {
    const reads = await Promise.all((await listActive(redis, account)).map((ref) => peekCheck(redis, ref)));
    for (const read of reads) {
      const snapshot = toSnapshot(read);
      if (read.plan === undefined || snapshot === undefined) continue;

      const state = protectionNow(snapshot, read.plan, memoriesOf(read));
      if (state === 'protected') tally.covered += 1;
      if (typeof state === 'string') continue;
      tally.naked += 1;
      fleet.unprotectedSeconds.inc({ account, reason: state.missing }, seconds);
    }
  }
  fleet.positions.set({ protected: 'true' }, tally.covered);
  fleet.positions.set({ protected: 'false' }, tally.naked);
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
