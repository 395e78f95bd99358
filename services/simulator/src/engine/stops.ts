import { announce, end, newOrder, register } from './book.ts';
import type { Decimal } from './decimal.ts';
import { isWorking, opposite } from './model.ts';
import type { Account, Order, Position, PriceSource, SystemStop } from './model.ts';
import { touch } from './positions.ts';
import { requireInstrument } from './venue.ts';
import type { Venue } from './venue.ts';

/** Full mode keeps at most one of each on a position. */
export type FullStop = 'stopLoss' | 'takeProfit';

const STOP_ORDER_TYPES = { stopLoss: 'StopLoss', takeProfit: 'TakeProfit' } as const;

export interface StopLevel {
  readonly triggerPrice: Decimal;
  readonly triggerBy: PriceSource;
  /** The entry's link id when the stop came attached to it. */
  readonly parentOrderLinkId?: string;
}

/** Puts the position's stop at a level: moves the order that is there, in place, or makes one (reference C.16). */
export function setFullStop(
  venue: Venue,
  account: Account,
  position: Position,
  { kind, ...level }: StopLevel & { readonly kind: FullStop },
): void {
  const present = position[kind];
  if (present === undefined) {
    const stop = { stopOrderType: STOP_ORDER_TYPES[kind], qty: position.size, ...level };
    position[kind] = systemOrder(venue, account, position, stop);
    return;
  }
  present.triggerPrice = level.triggerPrice;
  present.triggerBy = level.triggerBy;
  present.qty = position.size;
  announce(venue, present);
}

/** Takes one of the position's stops away; the order ends as Deactivated. */
export function removeFullStop(venue: Venue, position: Position, kind: FullStop, cancelType: string): void {
  const present = position[kind];
  if (present === undefined) return;
  position[kind] = undefined;
  end(venue, present, venue.options.conditionalCancelStatus, { cancelType });
}

/** A closing order of the exchange's own: Untriggered, Market, reduce-only, without a link id. */
export function systemOrder(
  venue: Venue,
  account: Account,
  position: Position,
  stop: StopLevel & { readonly stopOrderType: SystemStop; readonly qty: Decimal },
): Order {
  const side = opposite(position.side === 'Sell' ? 'Sell' : 'Buy');
  const isProfit = stop.stopOrderType.endsWith('TakeProfit');
  const order = newOrder(venue, {
    account: account.name,
    symbol: position.symbol,
    positionIdx: position.positionIdx,
    side,
    orderType: 'Market',
    qty: stop.qty,
    origin: 'system',
    createType: `CreateBy${stop.stopOrderType}`,
    stopOrderType: stop.stopOrderType,
    timeInForce: 'IOC',
    reduceOnly: true,
    closeOnTrigger: true,
    triggerPrice: stop.triggerPrice,
    triggerBy: stop.triggerBy,
    triggerDirection: (side === 'Sell') === isProfit ? 1 : 2,
    tpslMode: stop.stopOrderType.startsWith('Partial') ? 'Partial' : 'Full',
    status: 'Untriggered',
    parentOrderLinkId: stop.parentOrderLinkId ?? '',
  });
  register(venue, account, order);
  announce(venue, order);
  return order;
}

/** Keeps the quantity of Full-mode orders equal to the size, and Partial ones not above it. */
export function followSize(venue: Venue, account: Account, position: Position): void {
  for (const order of systemOrders(account, position)) {
    const qty = order.tpslMode === 'Full' || order.qty > position.size ? position.size : order.qty;
    if (qty === order.qty) continue;
    order.qty = qty;
    announce(venue, order);
  }
}

/** The position has closed: all its stops go (reference C.19). */
export function clearStops(venue: Venue, account: Account, position: Position): void {
  const orders = systemOrders(account, position);
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
export function systemOrders(account: Account, position: Position): readonly Order[] {
  return [...account.open].filter(
    (order) =>
      order.origin === 'system' &&
      order.status === 'Untriggered' &&
      order.symbol === position.symbol &&
      order.positionIdx === position.positionIdx,
  );
}

/** Moves the trailing stops of a position with the last price, and arms those whose activation price was touched. */
export function trail(venue: Venue, account: Account, position: Position): void {
  const { trailing } = position;
  if (trailing === undefined) return;
  const { last } = requireInstrument(venue, position.symbol);
  const isLong = position.side === 'Buy';
  if (trailing.activePrice > 0n) {
    if (isLong ? last < trailing.activePrice : last > trailing.activePrice) return;
    trailing.activePrice = 0n;
  }
  const level = isLong ? last - trailing.distance : last + trailing.distance;
  if (trailing.order === undefined) {
    const stop = {
      stopOrderType: 'TrailingStop',
      qty: position.size,
      triggerPrice: level,
      triggerBy: 'LastPrice',
    } as const;
    trailing.order = systemOrder(venue, account, position, stop);
    return;
  }
  const { triggerPrice } = trailing.order;
  if (!isWorking(trailing.order) || (isLong ? level <= triggerPrice : level >= triggerPrice)) return;
  trailing.order.triggerPrice = level;
  announce(venue, trailing.order);
}
