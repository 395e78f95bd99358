import { decimal, sum } from '@backstop/core';
import type { Plan } from '@backstop/core';
import type { TrueOrder, Truth } from './simulator-client.ts';
import { isSame } from './slot.ts';

/**
 * Whether a plan is carried out on the exchange: its position is open under a stop for all of it, the take-profits rest for
 * all of it, and its limit entries rest. A position that has been closed again was set up before.
 */
export function isSetUp(plan: Plan, truth: Truth): boolean {
  const positions = truth.positions.filter((position) => isSame(position, plan));
  const open = positions.find(({ closedAtMs }) => closedAtMs === undefined);
  if (open === undefined) return positions.length > 0 || !plan.entries.some(({ type }) => type === 'Market');

  const orders = truth.openOrders.filter((order) => isSame(order, plan));
  const entries = plan.entries.filter(({ type }) => type === 'Limit').length;
  return !open.unprotectedNow && closing(orders) === decimal(open.size) && resting(orders).length >= entries;
}

/** Quantity that rests to reduce the position. */
function closing(orders: readonly TrueOrder[]): bigint {
  return sum(
    orders
      .filter(({ reduceOnly, stopOrderType }) => reduceOnly && stopOrderType === '')
      .map(({ leavesQty }) => decimal(leavesQty)),
  );
}

function resting(orders: readonly TrueOrder[]): readonly TrueOrder[] {
  return orders.filter(({ reduceOnly, stopOrderType }) => !reduceOnly && stopOrderType === '');
}
