import { initialState, toJson, type Plan } from '@backstop/core';
import type { Log } from '@backstop/runtime';
import {
  getPlans,
  glance,
  installation,
  keepInstallation,
  listActive,
  putPlans,
  replayExecutions,
  setDueFirst,
  type Archive,
  type MonitorRef,
  type Redis,
} from '@backstop/store';
import { drainAll } from './tasks/drain-outbox.ts';

/** What a restoration needs of the archive. */
type Kept = Pick<Archive, 'installation' | 'activePlans' | 'drain' | 'offset'>;

/**
 * Brings back what a loss of Redis took: first the installation's letters, by which working orders are known as ours, then
 * the plans. What Redis still holds is archived before, so that a plan which closed meanwhile stays closed.
 */
export async function restore(redis: Redis, archive: Kept, log: Log): Promise<number> {
  const letters = await installation(redis);
  const own = await archive.installation(letters);
  if (own !== letters) await keepInstallation(redis, own);

  await drainAll(redis, archive);
  return restorePlans(redis, archive, log);
}

/** Few enough that no check reads an account's executions between its plans and the replay of them. */
const ACCOUNTS_AT_ONCE = 10;

/**
 * Puts plans that the archive knows as active and Redis does not back into Redis, each with its restore epoch raised, so
 * that no orderLinkId is used twice (S-24). Facts are not restored: the exchange is the truth about them. One whose slot
 * somebody else has taken since is left out.
 */
async function restorePlans(redis: Redis, archive: Kept, log: Log): Promise<number> {
  const lost = await lostPlans(redis, await archive.activePlans());
  if (lost.length === 0) return 0;

  let restored = 0;
  const accounts = [...Map.groupBy(lost, (plan) => plan.account)];
  for (let from = 0; from < accounts.length; from += ACCOUNTS_AT_ONCE) {
    const some = accounts.slice(from, from + ACCOUNTS_AT_ONCE);
    const counts = some.map(([account, plans]) => restoreAccount(redis, account, plans.map(raiseEpoch)));
    restored += (await Promise.all(counts)).reduce((total, count) => total + count, 0);
  }
  log.info({ restored, taken: lost.length - restored }, 'plans restored from the archive');
  return restored;
}

/**
 * When the first checks of restored plans are due, ms, one after the other: by then the one that goes first has read the account for
 * them. Due at once, two in three would only wait for that.
 */
const LATER_MS = 3_000;
const SPREAD_MS = 1_000;

/**
 * All plans of an account at once, so that the first read of its executions finds every one of them. One is due before all others:
 * its check reads the account, which puts what has no stop first as well. The others have time.
 */
async function restoreAccount(redis: Redis, account: string, plans: readonly Plan[]): Promise<number> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const dueInMs = (at: number): number => LATER_MS + Math.round((at * SPREAD_MS) / plans.length);
  const news = plans.map((plan, at) => ({ plan, states, dueInMs: dueInMs(at) }));
  // Their executions are read again from the oldest plan on: what was booked since belongs to others, and counts once. Before,
  // since the plans may be the last thing that is written here; after, since a read that was under way has moved the cursor.
  await replayExecutions(redis, account);
  const together = await putPlans(redis, news);
  const results =
    together.taken.length === 0 ? [together] : await Promise.all(news.map((one) => putPlans(redis, [one])));
  await replayExecutions(redis, account);

  const accepted = results.flatMap((result) => result.accepted);
  const first = [...accepted.slice(0, 1), ...(await nakedOf(redis, account))];
  await Promise.all(first.map((ref) => setDueFirst(redis, ref)));
  return accepted.length;
}

/**
 * The monitors of an account whose position is stored without a stop: it may have been read, by a stream, before its plans were
 * back. Where it has not, the check of any of its monitors reads all of it.
 */
async function nakedOf(redis: Redis, account: string): Promise<readonly MonitorRef[]> {
  const stored = await glance(redis, account, { orders: false });
  return stored
    .filter(({ position }) => position !== undefined && position.stopLoss === undefined)
    .map(({ ref }) => ref);
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
