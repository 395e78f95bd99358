import type { Action, EndpointClass } from '@backstop/core';
import { hasPlenty, takeBudget, type BudgetAnswer, type BudgetGrant } from '@backstop/store';
import type { Batch } from './batches.ts';
import type { DeskDeps } from './desk.ts';
import type { Check } from './reading.ts';

/** The single and the batch endpoint of each kind of action: two budgets that add up (reference B.4). */
const ENDPOINTS = {
  'set-stop': { single: 'trading-stop', batch: undefined },
  create: { single: 'order-create', batch: 'order-create-batch' },
  amend: { single: 'order-amend', batch: 'order-amend-batch' },
  cancel: { single: 'order-cancel', batch: 'order-cancel-batch' },
} as const satisfies Record<Action['type'], { single: EndpointClass; batch: EndpointClass | undefined }>;

/** Actions that go out as one request, and the grant that pays for it while it is fresh; a promise = it is asked for, and all but sure. */
export interface PaidRequest {
  readonly actions: Batch;
  readonly grant: BudgetGrant | Promise<BudgetAnswer>;
}

export interface HeldBudget {
  /** What may be signed at once. */
  readonly requests: readonly PaidRequest[];
  readonly refused: readonly Action[];
  /** When the refused ones may be paid for, ms from now; 0 = none was refused. */
  readonly waitMs: number;
}

/**
 * Pays for a batch before anything is signed (S-31): as many actions in one batch request as that budget has room for, then
 * single requests as theirs allows. What is left comes back refused: no write waits for budget in its job's slot.
 *
 * Protection that goes alone does not wait for the answer where there is plenty: its intent is stored meanwhile. Should it be refused all the
 * same, nothing is sent, and its rows are read anew, for an intent has stood on them.
 */
export async function holdBudget(
  check: Pick<Check, 'ref'>,
  batch: Batch,
  deps: Pick<DeskDeps, 'redis'>,
): Promise<HeldBudget> {
  const [first] = batch;
  const { single, batch: together } = ENDPOINTS[first.type];
  const request = { account: check.ref.account, lane: first.budget };
  if (batch.length === 1 && first.budget === 'protective' && hasPlenty(deps.redis, { ...request, endpoint: single })) {
    const grant = takeBudget(deps.redis, { ...request, endpoint: single, cost: 1 });
    grant.catch(() => undefined); // heard on departure, unless the request ends before
    return { requests: [{ actions: [first], grant }], refused: [], waitMs: 0 };
  }

  const requests: PaidRequest[] = [];
  let left: readonly Action[] = batch;
  let waitMs = Number.POSITIVE_INFINITY;

  if (together !== undefined && batch.length > 1) {
    const answer = await takeBudget(deps.redis, { ...request, endpoint: together, cost: batch.length, atLeast: 2 });
    if (answer.granted) {
      requests.push({ actions: [first, ...batch.slice(1, answer.cost)], grant: answer });
      left = batch.slice(answer.cost);
    } else waitMs = answer.waitMs;
  }
  for (const [at, action] of left.entries()) {
    const answer = await takeBudget(deps.redis, { ...request, endpoint: single, cost: 1 });
    if (!answer.granted) return { requests, refused: left.slice(at), waitMs: Math.min(waitMs, answer.waitMs) };
    requests.push({ actions: [action], grant: answer });
  }
  return { requests, refused: [], waitMs: 0 };
}
