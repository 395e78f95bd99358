import { isThrough, max, min } from './core.ts';
import type { Action, ActionOutcome, Decimal, FailureReason, OrderRow, OrderSpec, Side, StopSpec } from './core.ts';
import { anOrder } from './builders.ts';
import { armTrail } from './trail-model.ts';
import { fill, heldCapacity, isOpen, isReached, partOf } from './venue-model.ts';
import type { Venue } from './venue-model.ts';

/** Carries out one action the way the exchange would, and says what the sender would learn. */
export function send(venue: Venue, action: Action): ActionOutcome {
  switch (action.type) {
    case 'set-stop':
      return setStop(venue, action, action.stop);
    case 'create':
      return create(venue, action, action.order);
    case 'amend':
      return amend(venue, action);
    case 'cancel': {
      const row = venue.book.get(action.cancel.orderId);
      if (row === undefined || !isOpen(row)) return refused(action, 'unknown-order', 110_001);
      venue.book.set(row.orderId, { ...row, status: 'Cancelled', leavesQty: 0n });
      return { action, result: 'done' };
    }
    default:
      return action satisfies never;
  }
}

/** A distance that is sent again starts the trail anew: the worst that the exchange may do (S-10). */
function setStop(venue: Venue, action: Action, { triggerPrice: level, trailing }: StopSpec): ActionOutcome {
  const { position, price } = venue;
  if (position?.side === undefined) return refused(action, 'no-position', 10_001);
  if (position.stopLoss === level && trailing === undefined) return refused(action, 'not-modified', 34_040);
  if (isThrough(position.side, level, price)) return refused(action, 'through-market', 10_001);
  venue.position = { ...position, stopLoss: level };
  if (trailing !== undefined) armTrail(venue, trailing);
  return { action, result: 'done' };
}

function create(venue: Venue, action: Action, order: OrderSpec): ActionOutcome {
  const before = [...venue.book.values()].find((row) => row.orderLinkId === order.orderLinkId);
  if (before !== undefined && isOpen(before)) return { action, result: 'done' };
  if (before !== undefined) {
    return { action, result: 'id-ended', status: before.status, cumExecQty: before.cumExecQty };
  }
  if (isStopBeyond(order.side, order.stopLoss, order.price ?? venue.price)) {
    return refused(action, 'through-market', 10_001);
  }
  const qty = order.reduceOnly ? closable(venue, order) : order.qty;
  if (qty === 0n) return refused(action, 'no-capacity', 110_017);

  venue.created.push(order);
  place(venue, rowOf(venue, order, qty));
  return { action, result: 'done' };
}

function place(venue: Venue, row: OrderRow): void {
  venue.book.set(row.orderId, row);
  if (row.orderType === 'Market' && !row.reduceOnly) return enterAtMarket(venue, row);
  const at = row.price ?? venue.price;
  if (isReached(venue, row.side, at)) fill(venue, row, row.qty, at);
}

/** IOC: what finds no liquidity is cancelled. */
function enterAtMarket(venue: Venue, row: OrderRow): void {
  fill(venue, row, partOf(venue, row, venue.marketQuarters), venue.price);
  const after = venue.book.get(row.orderId);
  if (after !== undefined && isOpen(after)) {
    venue.book.set(row.orderId, { ...after, status: 'Cancelled', leavesQty: 0n });
  }
}

/** An attached stop must stand on the loss side of its order's price. */
function isStopBeyond(side: Side, stopLoss: Decimal | undefined, price: Decimal | undefined): boolean {
  return stopLoss !== undefined && price !== undefined && isThrough(side, stopLoss, price);
}

/** A reduce-only order is cut to what others leave of the position (reference C.19). */
function closable(venue: Venue, { side, orderType, qty }: OrderSpec): Decimal {
  const { position, isExitCrowdedOut } = venue;
  if (position === undefined || position.side === side) return 0n;
  const capacity = max(0n, position.size - heldCapacity(venue, side));
  if (orderType === 'Limit') return min(qty, capacity);
  return isExitCrowdedOut ? capacity : position.size;
}

function rowOf({ book, nowMs }: Venue, order: OrderSpec, qty: Decimal): OrderRow {
  const { orderLinkId, symbol, positionIdx, side, orderType, price, reduceOnly, stopLoss } = order;
  const times = { createdTimeMs: nowMs, updatedTimeMs: nowMs };
  const what = { orderLinkId, symbol, positionIdx, side, orderType, price, qty, reduceOnly, stopLoss };
  return anOrder({ ...what, ...times, orderId: `order-${book.size + 1}` });
}

function amend(venue: Venue, action: Action & { readonly type: 'amend' }): ActionOutcome {
  const row = venue.book.get(action.amend.orderId);
  if (row === undefined || !isOpen(row)) return refused(action, 'unknown-order', 110_001);

  const { qty = row.qty, stopLoss = row.stopLoss, price = row.price } = action.amend;
  if (stopLoss !== row.stopLoss && row.cumExecQty > 0n) return refused(action, 'partly-filled', 110_059);
  if (isStopBeyond(row.side, stopLoss, price)) return refused(action, 'through-market', 10_001);
  if (qty <= row.cumExecQty) return refused(action, 'below-filled', 110_064);

  const total = cutToCapacity(venue, row, qty);
  const next = { ...row, price, stopLoss, qty: total, leavesQty: total - row.cumExecQty };
  venue.book.set(row.orderId, next);
  return { action, result: 'done' };
}

function cutToCapacity(venue: Venue, row: OrderRow, qty: Decimal): Decimal {
  if (!row.reduceOnly) return qty;
  const capacity = (venue.position?.size ?? 0n) - heldCapacity(venue, row.side, row.orderId);
  return min(qty, row.cumExecQty + max(0n, capacity));
}

function refused(action: Action, reason: FailureReason, code: number): ActionOutcome {
  return { action, result: 'refused', reason, code, message: reason };
}
