import { parseOrderLinkId } from '@backstop/core';
import type { Leg, OrderRow, Plan } from '@backstop/core';

/** A working order under the id of a plan. */
export interface PlannedOrder {
  readonly leg: Leg;
  readonly row: OrderRow;
}

/** The orders of a slot by whose they are. */
export interface OrdersOf {
  readonly own: readonly PlannedOrder[];
  /** The position's Full-mode stop; more than one is a fault (F-20). */
  readonly stops: readonly OrderRow[];
  readonly foreign: readonly OrderRow[];
}

/** Sorts rows by owner; `plan` undefined = nothing there is of a plan. */
export function ordersOf(orders: readonly OrderRow[], plan: Pick<Plan, 'id'> | undefined): OrdersOf {
  const own = orders.flatMap((row) => {
    const identity = parseOrderLinkId(row.orderLinkId);
    return identity === undefined || identity.planId !== plan?.id ? [] : [{ leg: identity.leg, row }];
  });
  const ours = new Set(own.map(({ row }) => row));
  return {
    own,
    stops: orders.filter((row) => isPositionStop(row) && row.stopOrderType === 'StopLoss'),
    foreign: orders.filter((row) => !ours.has(row) && !isPositionStop(row)),
  };
}

/** Rows that the exchange keeps for a position's Full-mode stop and trailing stop (S-24). */
export function isPositionStop({ orderLinkId, stopOrderType }: OrderRow): boolean {
  return orderLinkId === '' && (stopOrderType === 'StopLoss' || stopOrderType === 'TrailingStop');
}
