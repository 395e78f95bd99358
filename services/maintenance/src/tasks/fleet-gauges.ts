import { protectionNow } from '@backstop/core';
import { sleep } from '@backstop/runtime';
import { glance, memoriesOf, peekCheck, toSnapshot, type CheckRead } from '@backstop/store';
import { inBatches } from '../in-batches.ts';
import { restAfter } from '../rest-after.ts';
import type { TaskDeps } from './task.ts';

/**
 * How the positions of the whole installation are protected, by the exchange's own rows (S-05). One pass looks at one account after
 * the other and rests in between; the gauges change at its end, and not at all where it was cut short or has failed. Time without
 * a verified stop is added up between the looks at the same account.
 */
export async function fleetGauges(deps: TaskDeps, signal?: AbortSignal): Promise<void> {
  const { accounts, fleet } = deps;
  const tally = { covered: 0, naked: 0 };
  let restMs = 0;
  for (const account of accounts) {
    if (!(await sleep(restMs, signal))) return;

    const startedMs = performance.now();
    const { covered, naked } = await look(account, deps);
    tally.covered += covered;
    tally.naked += naked;
    restMs = restAfter(performance.now() - startedMs, accounts.length);
  }
  fleet.positions.set({ protected: 'true' }, tally.covered);
  fleet.positions.set({ protected: 'false' }, tally.naked);
  await sleep(restMs, signal);
}

/** Only where a position is stored there can be one to protect. */
async function look(
  account: string,
  { redis, fleet, since }: TaskDeps,
): Promise<{ readonly covered: number; readonly naked: number }> {
  const open = (await glance(redis, account, { orders: false })).filter(({ position }) => position !== undefined);
  const reads = await inBatches(open, ({ ref }) => peekCheck(redis, ref));
  const seconds = since(`protection of ${account}`) / 1_000;
  const states = reads.map(protectionOf);
  const naked = states.flatMap((state) => (typeof state === 'object' ? [state] : []));
  for (const { missing } of naked) fleet.unprotectedSeconds.inc({ account, reason: missing }, seconds);
  return { covered: states.filter((state) => state === 'protected').length, naked: naked.length };
}

/** undefined = closed meanwhile, or its rows are not known now. */
function protectionOf(read: CheckRead): ReturnType<typeof protectionNow> | undefined {
  const snapshot = toSnapshot(read);
  return read.plan && snapshot && protectionNow(snapshot, read.plan, memoriesOf(read));
}
