import { initialState, toJson } from '@backstop/core';
import type { Plan } from '@backstop/core';
import { listActive, openQueues, putPlans } from '@backstop/store';
import type { Redis } from '@backstop/store';

export interface Submitted {
  readonly accepted: readonly Plan[];
  /** Plans whose (account, symbol, positionIdx) a kept state has a monitor for: that one goes on. */
  readonly kept: readonly Plan[];
}

/** Hands the plans over, each once, and wakes their monitors. Rejects when somebody else claims a slot meanwhile. */
export async function submitPlans(redis: Redis, redisUrl: string, plans: readonly Plan[]): Promise<Submitted> {
  const active = await activeSlots(redis, plans);
  const kept = plans.filter((plan) => active.has(slotKey(plan)));
  const accepted = plans.filter((plan) => !active.has(slotKey(plan)));
  const { accepted: refs, taken } = await putPlans(
    redis,
    accepted.map((plan) => ({
      plan,
      states: { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) },
    })),
  );
  const [first] = taken;
  if (first !== undefined)
    throw new Error(`${first.account} ${first.symbol} was taken by monitor ${first.monitorId} meanwhile`);

  await using queues = openQueues(redisUrl);
  await queues.ready();
  await Promise.all(refs.map((ref) => queues.wake(ref, 'limit-order', 'event', 'operator')));
  return { accepted, kept };
}

async function activeSlots(redis: Redis, plans: readonly Plan[]): Promise<ReadonlySet<string>> {
  const accounts = [...new Set(plans.map(({ account }) => account))];
  const active = await Promise.all(accounts.map((account) => listActive(redis, account)));
  return new Set(active.flat().map(slotKey));
}

function slotKey({ account, symbol, positionIdx }: Pick<Plan, 'account' | 'symbol' | 'positionIdx'>): string {
  return `${account} ${symbol} ${positionIdx}`;
}
