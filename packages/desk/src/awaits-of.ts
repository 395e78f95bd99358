import type { Action, AmendSpec, OrderRow } from '@backstop/core';
import type { Awaits } from '@backstop/store';

/**
 * What frames must show before a write is known to have come about without a read. `orders` are those that the decision
 * stood on. What no frame shows beyond doubt is read: a trailing stop, and the amend of an order that is not among them.
 */
export function awaitsOf(action: Action, orders: readonly OrderRow[]): Awaits {
  switch (action.type) {
    case 'create':
      return { type: 'create', orderLinkId: action.order.orderLinkId };
    case 'amend':
      return awaitsOfAmend(action.amend, orders);
    case 'cancel':
      return { type: 'cancel', orderId: action.cancel.orderId };
    case 'set-stop': {
      const { triggerPrice, trailing } = action.stop;
      return trailing === undefined ? { type: 'set-stop', triggerPrice } : { type: 'read' };
    }
    default:
      return action satisfies never;
  }
}

function awaitsOfAmend({ orderId, qty, price, stopLoss }: AmendSpec, orders: readonly OrderRow[]): Awaits {
  const row = orders.find((order) => order.orderId === orderId);
  if (row === undefined) return { type: 'read' };
  return {
    type: 'amend',
    orderId,
    updated: row.updatedTimeMs,
    ...(qty !== undefined && { qty }),
    ...(price !== undefined && { price }),
    ...(stopLoss !== undefined && { stopLoss }),
  };
}
