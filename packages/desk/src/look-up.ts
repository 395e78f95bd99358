import type { Action, ActionOutcome, BudgetLane, OrderRow } from '@backstop/core';
import { getLookup, putLookup } from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import type { Check, Facts } from './reading.ts';
import { onLane } from './request-lane.ts';

const WORKING = new Set(['New', 'PartiallyFilled', 'Untriggered', 'Triggered']);

export type Create = Action & { readonly type: 'create' };

/**
 * What a create came to whose id the exchange knows: adopted where the order works, else its id is used up (S-25). undefined =
 * neither the open orders nor the history hold it now.
 */
export async function findCreated(check: Check, action: Create, deps: DeskDeps): Promise<ActionOutcome | undefined> {
  return toOutcome(action, (await ask(check, action.order, action.budget, deps))?.order);
}

/**
 * The outcome of creates whose reply was lost and whose deadline has passed, by orderLinkId: looked up before anything is sent
 * again. An answer about an order that does not work is kept for 30 s and shared; one that neither list holds is sent again.
 */
export async function lookUpLost(
  check: Check,
  facts: Facts,
  actions: readonly Action[],
  deps: DeskDeps,
): Promise<ReadonlyMap<Action, ActionOutcome>> {
  const lost = new Set(facts.settledIntents.flatMap(({ orderLinkId }) => orderLinkId ?? []));
  const outcomes = new Map<Action, ActionOutcome>();
  for (const action of actions) {
    if (action.type !== 'create' || !lost.has(action.order.orderLinkId)) continue;
    const outcome = toOutcome(action, await shared(check, facts, action, deps));
    if (outcome !== undefined) outcomes.set(action, outcome);
  }
  return outcomes;
}

async function shared(check: Check, facts: Facts, action: Create, deps: DeskDeps): Promise<OrderRow | undefined> {
  const { orderLinkId } = action.order;
  const kept = await getLookup(deps.redis, check.ref, orderLinkId);
  if (kept !== undefined) return kept.order;

  const answer = await ask(check, action.order, action.budget, deps);
  if (answer !== undefined && !isWorking(answer.order)) {
    await putLookup(deps.redis, check.ref, orderLinkId, { ...answer, startMs: facts.nowMs, epoch: facts.epoch });
  }
  return answer?.order;
}

/** undefined = the look-up failed, which says nothing: the id makes it harmless to send again (S-25). */
async function ask(
  check: Check,
  { symbol, orderLinkId }: Create['order'],
  lane: BudgetLane,
  deps: DeskDeps,
): Promise<{ readonly order: OrderRow | undefined } | undefined> {
  const find = () => deps.exchangeOf(check.ref.account).findOrder({ symbol, orderLinkId }, check);
  return onLane({ lane, prepaid: false, maxWaitMs: 500 }, find).then(
    (order) => ({ order }),
    () => undefined,
  );
}

function toOutcome(action: Create, order: OrderRow | undefined): ActionOutcome | undefined {
  if (order === undefined) return undefined;
  const { status, cumExecQty } = order;
  return isWorking(order) ? { action, result: 'done' } : { action, result: 'id-ended', status, cumExecQty };
}

function isWorking(order: OrderRow | undefined): boolean {
  return order !== undefined && WORKING.has(order.status);
}
