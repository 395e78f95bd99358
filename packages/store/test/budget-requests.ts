import type { Redis } from 'ioredis';
import { takeBudget, type BudgetGrant, type BudgetRequest } from '../src/index.ts';

/** One call of the account `acc`, with the most urgent right. */
export function aRequest(changes: Partial<BudgetRequest> = {}): BudgetRequest {
  return { account: 'acc', endpoint: 'order-create', cost: 1, lane: 'protective', ...changes };
}

/** A grant that must be given. */
export async function granted(redis: Redis, changes: Partial<BudgetRequest> = {}): Promise<BudgetGrant> {
  const answer = await takeBudget(redis, aRequest(changes));
  if (!answer.granted) throw new Error('no budget');
  return answer;
}
