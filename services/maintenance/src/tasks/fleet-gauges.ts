import { protection } from '@backstop/core';
import { BUCKETS, listActive, oldestChecked, peekCheck, redisTimeMs, toSnapshot } from '@backstop/store';
import type { TaskDeps } from './task.ts';

/** What is true of the whole installation: positions by protection, and how long ago the stalest monitor was checked. */
export async function fleetGauges(deps: TaskDeps): Promise<void> {
  await Promise.all([gaugeProtection(deps), gaugeStaleness(deps)]);
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

      const state = protection(snapshot, read.plan);
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
  const oldest = await Promise.all(Array.from({ length: BUCKETS }, (_, bucket) => oldestChecked(redis, bucket)));
  const stalenessMs = Math.max(0, ...oldest.flatMap(({ atMs }) => (atMs === undefined ? [] : nowMs - atMs)));
  fleet.monitorStaleness.set(stalenessMs / 1_000);
}
