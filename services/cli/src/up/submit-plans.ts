import type { Plan } from '@backstop/core';
import { acceptPlans, getPlans, listActive, openQueues, redisTimeMs } from '@backstop/store';
import type { MonitorRef, Queues, Redis } from '@backstop/store';
import type { ReadBalances } from '@backstop/intake';
import { z } from 'zod';
import type { Preparation } from './prepare.ts';
import { isSame } from './slot.ts';

export interface Submitted {
  readonly accepted: readonly Plan[];
  /** Plans that were accepted by an earlier run, and whose monitors go on. */
  readonly kept: readonly Plan[];
  /** Plans that were accepted by an earlier run and are over: they are not made again. */
  readonly over: readonly Plan[];
  /** Why none of the new plans was accepted. */
  readonly faults: readonly string[];
}

/** Where plans are handed over to. */
export interface Handover {
  readonly redis: Redis;
  readonly redisUrl: string;
  /** Reads balances at the exchange of this run; undefined = as they were read before it started. */
  readonly readBalances?: ReadBalances;
}

/** Plans of the file that were accepted before, by id. */
interface Known {
  readonly active: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
}

const ASK_MS = 15_000;
const reply = z.object({ active: z.array(z.string()), closed: z.array(z.string()) });

/**
 * Hands over the plans that no earlier run has accepted, each once, and wakes their monitors: all of them, or none when one
 * has a fault. To call it again is safe. Rejects, with nothing handed over, when Redis or the archive cannot tell what is
 * known.
 */
export async function submitPlans(
  { workload: { plans }, isKept, judge }: Pick<Preparation, 'workload' | 'isKept' | 'judge'>,
  { redis, redisUrl, readBalances }: Handover,
): Promise<Submitted> {
  await using queues = openQueues(redisUrl);
  const monitors = await activeMonitors(redis, plans);
  const { active, closed } = isKept ? await askKnown(queues, plans, monitors) : onTheirSlots(plans, monitors);
  const existing = isKept ? (await getPlans(redis, monitors)).filter((plan) => plan !== undefined) : [];
  const known = new Set([...active, ...closed]);
  const judged = await judge({ known, existing, now: () => redisTimeMs(redis), readBalances });
  const { accepted, taken } = await acceptPlans(redis, queues, judged.plans);

  const ids = new Set(accepted.map(({ monitorId }) => monitorId));
  const lost = taken.map(
    ({ account, symbol, monitorId }) => `${account} ${symbol}: was taken by monitor ${monitorId} meanwhile`,
  );
  return {
    accepted: judged.plans.filter(({ id }) => ids.has(id)),
    kept: plans.filter(({ id }) => active.has(id)),
    over: plans.filter(({ id }) => closed.has(id)),
    faults: [...judged.faults, ...lost],
  };
}

async function activeMonitors(redis: Redis, plans: readonly Plan[]): Promise<readonly MonitorRef[]> {
  const accounts = [...new Set(plans.map(({ account }) => account))];
  return (await Promise.all(accounts.map((account) => listActive(redis, account)))).flat();
}

/** The archive never forgets a plan; what Redis holds stands above it. */
async function askKnown(queues: Queues, plans: readonly Plan[], monitors: readonly MonitorRef[]): Promise<Known> {
  const ids = plans.map(({ id }) => id);
  const archived = reply.parse(await queues.ask({ type: 'known-plans', ids }, { timeoutMs: ASK_MS }));
  const active = new Set([...archived.active, ...monitors.map(({ monitorId }) => monitorId)]);
  return { active, closed: new Set(archived.closed.filter((id) => !active.has(id))) };
}

/** Ids of a run without a memory say nothing about other runs: whoever is on a plan's position counts as the plan. */
function onTheirSlots(plans: readonly Plan[], monitors: readonly MonitorRef[]): Known {
  const held = plans.filter((plan) => monitors.some((monitor) => isSame(monitor, plan)));
  return { active: new Set(held.map(({ id }) => id)), closed: new Set() };
}
