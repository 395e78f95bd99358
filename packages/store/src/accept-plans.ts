import { initialState, toJson, type Plan } from '@backstop/core';
import type { Redis } from 'ioredis';
import { putPlans, type PutPlansResult } from './plans.ts';
import type { Queues } from './queues.ts';

/**
 * Hands new plans over, each with the first state of both lanes, and wakes their entries. They are due at once: a wake that
 * fails costs a moment and no plan. What `putPlans` says about slots that are taken holds here too.
 */
export async function acceptPlans(redis: Redis, queues: Queues, plans: readonly Plan[]): Promise<PutPlansResult> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const result = await putPlans(
    redis,
    plans.map((plan) => ({ plan, states })),
  );
  await Promise.allSettled(result.accepted.map((ref) => queues.wake(ref, 'limit-order', 'event', 'operator')));
  return result;
}
