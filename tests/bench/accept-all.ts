import { initialState, toJson, type Plan } from '@backstop/core';
import { putPlans, type Redis } from '@backstop/store';

/** Accepts plans past the intake, of each account all at once. They are due at once. */
export async function acceptAll(redis: Redis, plans: readonly Plan[]): Promise<void> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  for (const own of Map.groupBy(plans, ({ account }) => account).values()) {
    await putPlans(
      redis,
      own.map((plan) => ({ plan, states })),
    );
  }
}
