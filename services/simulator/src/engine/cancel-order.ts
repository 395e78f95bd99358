import { end } from './book.ts';
import { judgeCancel } from './judge.ts';
import { isWorking } from './model.ts';
import type { Account, Order, Origin } from './model.ts';
import type { OrderRef } from './order-request.ts';
import { positionOf } from './positions.ts';
import { refusals } from './refusal.ts';
import { detachStop } from './stops.ts';
import type { Venue } from './venue.ts';

/** Cancels a working order of any kind; 110001 for one that is unknown or has ended (reference C.14). */
export function cancelOrder(venue: Venue, account: Account, ref: OrderRef, by: Origin): Order {
  const order = findOrder(account, ref);
  if (order === undefined || !isWorking(order)) throw refusals.noOrderToCancel();
  cancelWorking(venue, account, order, by);
  return order;
}

/** Which orders a cancel-all means; see reference C.14. */
export interface CancelAll {
  readonly symbol: string | undefined;
  readonly orderFilter: 'Order' | 'StopOrder' | 'OpenOrder' | '';
  /** Only plain conditional orders, keeping stops and take-profits. */
  readonly onlyConditional: boolean;
}

/** Cancels every working order that is meant, and returns them. */
export function cancelAllOrders(venue: Venue, account: Account, scope: CancelAll): readonly Order[] {
  const orders = [...account.open].filter((order) => isWorking(order) && isMeant(order, scope));
  for (const order of orders) if (isWorking(order)) cancelWorking(venue, account, order, 'api');
  return orders;
}

export function findOrder(account: Account, { symbol, orderId, orderLinkId }: OrderRef): Order | undefined {
  const order = orderId ? account.orders.get(orderId) : account.byLinkId.get(orderLinkId ?? '');
  return order?.symbol === symbol ? order : undefined;
}

function cancelWorking(venue: Venue, account: Account, order: Order, by: Origin): void {
  if (by === 'api') judgeCancel(venue, account, order);
  const isConditional = order.status === 'Untriggered';
  detachStop(venue, positionOf(venue, account, order.symbol, order.positionIdx), order);
  const status = isConditional ? venue.options.conditionalCancelStatus : 'Cancelled';
  end(venue, order, status, { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' });
  const pair = order.pairOrderId === undefined ? undefined : account.orders.get(order.pairOrderId);
  if (pair?.status === 'Untriggered') end(venue, pair, status, { cancelType: 'CancelByUser' });
}

function isMeant(order: Order, { symbol, orderFilter, onlyConditional }: CancelAll): boolean {
  if (symbol !== undefined && order.symbol !== symbol) return false;
  const isStop = order.stopOrderType !== '';
  if (orderFilter === 'Order' || orderFilter === 'OpenOrder') return !isStop;
  if (orderFilter === 'StopOrder') return onlyConditional ? order.stopOrderType === 'Stop' : isStop;
  return true;
}
