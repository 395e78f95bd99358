import type { LimitOrderState, Placed, TpSlState } from './decision.ts';
import { hasClosedBooks } from './has-closed-books.ts';
import type { Snapshot } from './facts.ts';
import { isLeg } from './is-leg.ts';
import type { Leg, Plan } from './model.ts';
import { ordersByOwner } from './own-orders.ts';

/** What the lanes remember about their orders: without it an order that vanished without a trace is not noticed. */
export interface Memory {
  readonly tpSl?: Pick<TpSlState, 'placed'>;
  readonly limitOrder?: Pick<LimitOrderState, 'placed'>;
}

/**
 * Whether the rows say that something executed that is not applied yet, so that the executions must be fetched before
 * deciding. False in a quiet consistent state. `executionsSeq` must count a complete fetch as applied up to the position
 * sequence that it saw, because `seq` also moves on other events.
 */
export function needsExecutions(snapshot: Snapshot, plan: Plan, memory: Memory = {}): boolean {
  const { position, executionsSeq, executed } = snapshot;
  if (position !== undefined && position.seq > executionsSeq) return true;
  if (!hasClosedBooks(snapshot, plan)) return true;

  const { own } = ordersByOwner(snapshot, plan);
  if (own.some(({ leg, row }) => row.cumExecQty > (executed.get(leg)?.qty ?? 0n))) return true;

  const working = new Set(own.map(({ leg }) => leg));
  return placedLegs(memory).some((leg) => !working.has(leg));
}

function placedLegs({ tpSl, limitOrder }: Memory): readonly Leg[] {
  const placed: Placed = { ...tpSl?.placed, ...limitOrder?.placed };
  return Object.keys(placed).filter(isLeg);
}
