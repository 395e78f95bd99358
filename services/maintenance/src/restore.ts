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
  setDueBare,
  setDueFirst,
  setDueWithin,
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
 * them. Due at once, two in three would only wait for that. Their entries follow when the stops have been seen to.
 */
const LATER_MS = 3_000;
const ENTRIES_LATER_MS = 6_000;
const SPREAD_MS = 1_000;

/**
 * All plans of an account at once, so that the first read of its executions finds every one of them. Where nobody has read the account,
 * one is due before all others: its check does, and puts what has no stop ahead. The others have time.
 */
async function restoreAccount(redis: Redis, account: string, plans: readonly Plan[]): Promise<number> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const news = plans.map((plan, at) => {
    const spreadMs = Math.round((at * SPREAD_MS) / plans.length);
    return { plan, states, dueInMs: LATER_MS + spreadMs, entriesDueInMs: ENTRIES_LATER_MS + spreadMs };
  });
  // Their executions are read again from the oldest plan on: what was booked since belongs to others, and counts once. Before,
  // since the plans may be the last thing that is written here; after, since a read that was under way has moved the cursor.
  await replayExecutions(redis, account);
  const together = await putPlans(redis, news);
  const results =
    together.taken.length === 0 ? [together] : await Promise.all(news.map((one) => putPlans(redis, [one])));
  await replayExecutions(redis, account);

  const accepted = results.flatMap((result) => result.accepted);
  await putAhead(redis, account, accepted);
  return accepted.length;
}

/**
 * What goes ahead of the others. Of an account that nobody has read, one: its check reads it. Of one that a stream has read before its
 * plans were back, what is stored without a stop, and one of these first of all: its check reads what the account executed, and
 * the others find it. Where all have their stops, one is due now, to the same end.
 */
async function putAhead(redis: Redis, account: string, [first]: readonly MonitorRef[]): Promise<void> {
  if (first === undefined) return;

  const held = (await glance(redis, account, { orders: false })).filter(({ position }) => position !== undefined);
  const bare = held.filter(({ position }) => position?.stopLoss === undefined).map(({ ref }) => ref);
  const [firstBare, ...others] = held.length === 0 ? [first] : bare;
  if (firstBare === undefined) await setDueWithin(redis, first, 'tp-sl', 0);
  else await Promise.all([setDueFirst(redis, firstBare), ...others.map((ref) => setDueBare(redis, ref))]);
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
