import { toJson, type OrderRow, type PositionRow } from '@backstop/core';

/** The row of a position as it is kept; '' = flat, by a listing without it. */
export function positionText(position: PositionRow | undefined): string {
  return position === undefined ? '' : toJson(position);
}

/** An order as it is kept: its orderId comes first, by which scripts find it (include/orders.lua). */
export function orderText({ orderId, ...order }: OrderRow): string {
  return toJson({ orderId, ...order });
}

/** A list of orders as it is kept: JSON with a line for each, so that scripts can tell them apart. */
export function ordersText(orders: readonly OrderRow[]): string {
  return orders.length === 0 ? '[]' : `[\n${orders.map(orderText).join(',\n')}\n]`;
}
