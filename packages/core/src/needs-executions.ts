import type { LimitOrderState, Placed, TpSlState } from './decision.ts';
import { hasClosedBooks } from './has-closed-books.ts';
import type { PositionRow, Snapshot } from './facts.ts';
import { isLeg } from './is-leg.ts';
import type { Leg, Plan } from './model.ts';
import { withAdopted } from './with-adopted.ts';
import { ordersByOwner } from './own-orders.ts';

/** What the lanes remember about their orders: without it an order that vanished without a trace is not noticed. */
export interface Memory {
  readonly tpSl?: Pick<TpSlState, 'placed' | 'openTimeMs' | 'stoodBefore' | 'openBooksSinceMs'>;
  readonly limitOrder?: Pick<LimitOrderState, 'placed'>;
}

/**
 * Whether the rows say that something executed that is not applied yet, so that the executions must be fetched before
 * deciding: sums that do not add up to the position, an order that shows more than is booked, one of ours that has gone, or
 * a position that was opened anew. Not the position's `seq`: it moves with every order that is placed, too (reference D.4).
 */
export function needsExecutions(snapshot: Snapshot, plan: Plan, memory: Memory = {}): boolean {
  const { position, executed } = snapshot;
  if (!hasClosedBooks(withAdopted(snapshot, plan), memory.tpSl?.stoodBefore) || isReopened(position, memory))
    return true;

  if (isClosedByOthers(snapshot, memory)) return true;

  const { own } = ordersByOwner(snapshot, plan);
  if (own.some(({ leg, row }) => row.cumExecQty > (executed.get(leg)?.qty ?? 0n))) return true;

  const working = new Set(own.map(({ leg }) => leg));
  return placedLegs(memory).some((leg) => !working.has(leg));
}

/** What stood there without us is gone: the executions that closed it belong to no fill of ours, and must be known before one. */
function isClosedByOthers({ position, executed }: Snapshot, { tpSl }: Memory): boolean {
  const isFlat = position === undefined || position.size === 0n;
  return isFlat && executed.size === 0 && tpSl?.openBooksSinceMs !== undefined;
}

function isReopened(position: PositionRow | undefined, { tpSl }: Memory): boolean {
  const [openedMs, knownMs] = [position?.openTimeMs, tpSl?.openTimeMs];
  return openedMs !== undefined && knownMs !== undefined && openedMs > knownMs;
}

function placedLegs({ tpSl, limitOrder }: Memory): readonly Leg[] {
  const placed: Placed = { ...tpSl?.placed, ...limitOrder?.placed };
  return Object.keys(placed).filter(isLeg);
}
