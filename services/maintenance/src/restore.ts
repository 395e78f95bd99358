import { initialState, toJson, type Plan } from '@backstop/core';
import type { Log } from '@backstop/runtime';
import {
  getPlans,
  installation,
  keepInstallation,
  listActive,
  putPlans,
  replayExecutions,
  type Archive,
  type MonitorRef,
  type Redis,
} from '@backstop/store';
import { drainAll } from './tasks/drain-outbox.ts';

/**
 * Brings back what a loss of Redis took: first the installation's letters, by which working orders are known as ours, then
 * the plans. What Redis still holds is archived before, so that a plan which closed meanwhile stays closed.
 */
export async function restore(redis: Redis, archive: Archive, log: Log): Promise<number> {
  const letters = await installation(redis);
  const own = await archive.installation(letters);
  if (own !== letters) await keepInstallation(redis, own);

  await drainAll(redis, archive);
  return restorePlans(redis, archive, log);
}

/**
 * Puts plans that the archive knows as active and Redis does not back into Redis, each with its restore epoch raised, so
 * that no orderLinkId is used twice (S-24). Facts are not restored: the exchange is the truth about them. One whose slot
 * somebody else has taken since is left out.
 */
async function restorePlans(redis: Redis, archive: Archive, log: Log): Promise<number> {
  const lost = await lostPlans(redis, await archive.activePlans());
  if (lost.length === 0) return 0;

  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const results = await Promise.all(lost.map((plan) => putPlans(redis, [{ plan: raiseEpoch(plan), states }])));
  const restored = results.flatMap(({ accepted }) => accepted).length;
  // Their executions are read again from the oldest plan on: what was booked since belongs to others, and counts once.
  await Promise.all(
    [...new Set(lost.map(({ account }) => account))].map((account) => replayExecutions(redis, account)),
  );
  log.info({ restored, taken: lost.length - restored }, 'plans restored from the archive');
  return restored;
}

/** Neither active nor lately closed: one that closed in this moment has not reached the archive yet. */
async function lostPlans(redis: Redis, plans: readonly Plan[]): Promise<readonly Plan[]> {
  const accounts = [...new Set(plans.map(({ account }) => account))];
  const active = (await Promise.all(accounts.map((account) => listActive(redis, account)))).flat();
  const known = new Set(active.map(({ monitorId }) => monitorId));
  const missing = plans.filter(({ id }) => !known.has(id));
  const held = await getPlans(redis, missing.map(toRef));
  return missing.filter((_plan, at) => held[at] === undefined);
}

function toRef({ id: monitorId, account, symbol, positionIdx }: Plan): MonitorRef {
  return { account, symbol, positionIdx, monitorId };
}

function raiseEpoch(plan: Plan): Plan {
  return { ...plan, restoreEpoch: plan.restoreEpoch + 1 };
}
