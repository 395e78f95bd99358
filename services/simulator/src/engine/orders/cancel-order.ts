import { announce, end } from './book.ts';
import { applyFill } from '../matching/fill.ts';
import { judgeCancel } from '../truth/judge.ts';
import { isActive, isWorking, leavesOf } from '../model.ts';
import type { Account, Order, Origin } from '../model.ts';
import type { OrderRef } from './order-request.ts';
import { pairOf } from '../stops/pairs.ts';
import { positionOf } from '../money/positions.ts';
import { refusals } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { detachStop } from '../stops/stops.ts';
import { settleMarket } from '../matching/trigger.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** A cancel-all ends at most so many orders, a random pick of more (reference C.14). */
const MOST_AT_ONCE = 500;

/**
 * Cancels a working order of any kind, and with one half of a coupled stop and take-profit pair the other; 110001 for an
 * order that is unknown or has ended (reference C.14).
 */
export function cancelOrder(venue: Venue, account: Account, ref: OrderRef, by: Origin): Order {
  const order = findOrder(account, ref);
  if (order === undefined || !isWorking(order)) throw refusalOfEnded(venue, order, refusals.noOrderToCancel());
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
  while (orders.length > MOST_AT_ONCE) orders.splice(Math.floor(venue.random() * orders.length), 1);
  for (const order of orders) if (isWorking(order)) cancelWorking(venue, account, order, 'api');
  return orders;
}

export function findOrder(account: Account, { symbol, orderId, orderLinkId }: OrderRef): Order | undefined {
  const order = orderId ? account.orders.get(orderId) : account.byLinkId.get(orderLinkId ?? '');
  return order?.symbol === symbol ? order : undefined;
}

/** 110001, or by an option 110008 for a filled and 110010 for a cancelled order (reference A.5). */
export function refusalOfEnded(venue: Venue, order: Order | undefined, otherwise: Refusal): Refusal {
  if (order === undefined || venue.options.endedOrderCode === 'unknown') return otherwise;
  return order.status === 'Filled' ? refusals.endedOrder() : refusals.cancelledOrder();
}

/** Fills what is left of a resting order at its own price, although the market has not come there (see `losesRaces`). */
export function fillFirst(venue: Venue, order: Order): void {
  applyFill(venue, order, { qty: leavesOf(order), price: order.price, isMaker: true });
  settleMarket(venue, requireInstrument(venue, order.symbol));
}

function cancelWorking(venue: Venue, account: Account, order: Order, by: Origin): void {
  if (venue.losesRaces && isActive(order)) {
    cancelTooLate(venue, order);
    return;
  }
  if (by === 'api') judgeCancel(venue, account, order);
  cancelOne(venue, account, order, 'EC_PerCancelRequest');
  const pair = pairOf(account, order);
  if (pair?.status !== 'Untriggered') return;
  if (by === 'api') judgeCancel(venue, account, pair);
  cancelOne(venue, account, pair, 'EC_NoError');
}

/** The cancel is accepted, the fill came first: `Filled` is told twice, the second time as a cancel that found nothing. */
function cancelTooLate(venue: Venue, order: Order): void {
  fillFirst(venue, order);
  order.cancelType = 'CancelByUser';
  order.rejectReason = 'EC_OrigClOrdIDDoesNotExist';
  announce(venue, order);
}

function cancelOne(venue: Venue, account: Account, order: Order, rejectReason: string): void {
  const status = order.status === 'Untriggered' ? venue.options.conditionalCancelStatus : 'Cancelled';
  detachStop(venue, positionOf(venue, account, order.symbol, order.positionIdx), order);
  end(venue, order, status, { cancelType: 'CancelByUser', rejectReason });
}

function isMeant(order: Order, { symbol, orderFilter, onlyConditional }: CancelAll): boolean {
  if (symbol !== undefined && order.symbol !== symbol) return false;
  const isStop = order.stopOrderType !== '';
  if (orderFilter === 'Order' || orderFilter === 'OpenOrder') return !isStop;
  if (orderFilter === 'StopOrder') return onlyConditional ? order.stopOrderType === 'Stop' : isStop;
  return true;
}
