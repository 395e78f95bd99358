import { announce, end, newOrder, register } from '../orders/book.ts';
import type { Decimal } from '../decimal.ts';
import { opposite } from '../model.ts';
import type { Account, Order, Position, PriceSource, SystemStop } from '../model.ts';
import { touch } from '../money/positions.ts';
import type { Venue } from '../venue.ts';

/** Full mode keeps at most one of each on a position. */
export type FullStop = 'stopLoss' | 'takeProfit';

const STOP_ORDER_TYPES = { stopLoss: 'StopLoss', takeProfit: 'TakeProfit' } as const;

export interface StopLevel {
  readonly triggerPrice: Decimal;
  readonly triggerBy: PriceSource;
  /** The entry's ids when the stop came attached to it. */
  readonly parentOrderLinkId?: string;
  readonly parentOrderId?: string;
  /** A leg that rests at this price once it has triggered; 0n or missing = market. */
  readonly limitPrice?: Decimal | undefined;
}

/** Puts the position's stop at a level: moves the order that is there, in place, or makes one (reference C.16). */
export function setFullStop(
  venue: Venue,
  account: Account,
  position: Position,
  { kind, ...level }: StopLevel & { readonly kind: FullStop },
): Order {
  const present = position[kind];
  if (present === undefined) {
    const stop = { stopOrderType: STOP_ORDER_TYPES[kind], qty: position.size, ...level };
    const order = systemOrder(venue, account, position, stop);
    position[kind] = order;
    return order;
  }
  present.triggerPrice = level.triggerPrice;
  present.triggerBy = level.triggerBy;
  present.qty = position.size;
  announce(venue, present);
  return present;
}

/** Takes one of the position's stops away; the order ends as Deactivated. */
export function removeFullStop(venue: Venue, position: Position, kind: FullStop, cancelType: string): void {
  const present = position[kind];
  if (present === undefined) return;
  position[kind] = undefined;
  end(venue, present, venue.options.conditionalCancelStatus, { cancelType });
}

interface Kind {
  readonly stopOrderType: SystemStop;
  readonly qty: Decimal;
  /** That of the kind when missing. */
  readonly triggerDirection?: 1 | 2;
}

/** A closing order of the exchange's own: Untriggered, reduce-only, without a link id; Market unless it has a limit. */
export function systemOrder(venue: Venue, account: Account, position: Position, stop: StopLevel & Kind): Order {
  const side = opposite(position.side === 'Sell' ? 'Sell' : 'Buy');
  const isProfit = stop.stopOrderType.endsWith('TakeProfit');
  const { limitPrice = 0n } = stop;
  const order = newOrder(venue, {
    account: account.name,
    symbol: position.symbol,
    positionIdx: position.positionIdx,
    side,
    orderType: limitPrice === 0n ? 'Market' : 'Limit',
    price: limitPrice,
    qty: stop.qty,
    origin: 'system',
    createType: `CreateBy${stop.stopOrderType}`,
    stopOrderType: stop.stopOrderType,
    timeInForce: limitPrice === 0n ? 'IOC' : 'GTC',
    reduceOnly: true,
    closeOnTrigger: true,
    triggerPrice: stop.triggerPrice,
    triggerBy: stop.triggerBy,
    triggerDirection: stop.triggerDirection ?? ((side === 'Sell') === isProfit ? 1 : 2),
    tpslMode: stop.stopOrderType.startsWith('Partial') ? 'Partial' : 'Full',
    status: 'Untriggered',
    parentOrderLinkId: stop.parentOrderLinkId ?? '',
    parentOrderId: stop.parentOrderId,
  });
  register(venue, account, order);
  announce(venue, order);
  return order;
}

/** Keeps the quantity of Full-mode orders equal to the size, and Partial ones not above it. */
export function followSize(venue: Venue, position: Position): void {
  for (const order of systemOrders(position)) {
    const qty = order.tpslMode === 'Full' || order.qty > position.size ? position.size : order.qty;
    if (qty === order.qty) continue;
    order.qty = qty;
    announce(venue, order);
  }
}

/** The position has closed: all its stops go (reference C.19). */
export function clearStops(venue: Venue, position: Position): void {
  const orders = systemOrders(position);
  position.stopLoss = undefined;
  position.takeProfit = undefined;
  position.trailing = undefined;
  for (const order of orders) end(venue, order, 'Deactivated', { cancelType: 'CancelByTpSlTsClear' });
}

/** Takes an order out of its position's slots before it executes or after its user cancelled it. */
export function detachStop(venue: Venue, position: Position, order: Order): void {
  if (position.stopLoss === order) position.stopLoss = undefined;
  if (position.takeProfit === order) position.takeProfit = undefined;
  if (position.trailing?.order === order) position.trailing = undefined;
  touch(venue, position);
}

/** Untriggered system orders of a position, oldest first. */
export function systemOrders(position: Position): readonly Order[] {
  const orders: Order[] = [];
  for (const order of position.orders) {
    if (order.origin === 'system' && order.status === 'Untriggered') orders.push(order);
  }
  return orders;
}
