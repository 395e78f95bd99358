import { announce, end } from './book.ts';
import { abs } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { isActive, leavesOf, opposite } from '../model.ts';
import type { Order, Position } from '../model.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/**
 * What a further reduce-only order may close: the position less the resting reduce-only orders, `except` one that is
 * being amended. Untriggered orders do not count (reference C.19).
 */
export function reduceOnlyCapacity(position: Position, except?: Order): Decimal {
  const held = restingReduceOnly(position)
    .filter((order) => order !== except)
    .reduce((sum, order) => sum + leavesOf(order), 0n);
  return position.size > held ? position.size - held : 0n;
}

/** Shrinks or cancels resting reduce-only orders until they fit the position again; a flat position keeps none. */
export function trimReduceOnly(venue: Venue, position: Position): void {
  const resting = allReduceOnly(position);
  const wrongSide = resting.filter(({ side }) => position.side === '' || side === position.side);
  for (const order of wrongSide) end(venue, order, 'Cancelled', { cancelType: 'CancelByReduceOnly' });

  if (resting.length === wrongSide.length) return;
  const candidates = restingReduceOnly(position).toSorted(trimOrder(venue, position));
  let excess = candidates.reduce((sum, order) => sum + leavesOf(order), 0n) - position.size;
  for (const order of candidates) {
    if (excess <= 0n) return;
    const cut = leavesOf(order) < excess ? leavesOf(order) : excess;
    excess -= cut;
    shrink(venue, order, cut);
  }
}

function restingReduceOnly(position: Position): readonly Order[] {
  if (position.side === '') return [];
  const closing = opposite(position.side);
  return allReduceOnly(position).filter(({ side }) => side === closing);
}

function allReduceOnly({ orders }: Position): readonly Order[] {
  const resting: Order[] = [];
  for (const order of orders) {
    if (order.reduceOnly && isActive(order) && order.orderType === 'Limit') resting.push(order);
  }
  return resting;
}

/** Which order gives way first; "worst price" is the one farthest from the market (reference C.19, unconfirmed). */
function trimOrder(venue: Venue, position: Position): (a: Order, b: Order) => number {
  const { last } = requireInstrument(venue, position.symbol);
  const orders = {
    newest: (a: Order, b: Order) => b.number - a.number,
    oldest: (a: Order, b: Order) => a.number - b.number,
    'worst-price': (a: Order, b: Order) => Number(abs(b.price - last) - abs(a.price - last)) || b.number - a.number,
  };
  return orders[venue.options.trimFirst];
}

function shrink(venue: Venue, order: Order, cut: Decimal): void {
  if (cut === leavesOf(order)) {
    end(venue, order, 'Cancelled', { cancelType: 'CancelByReduceOnly' });
    return;
  }
  order.qty -= cut;
  announce(venue, order);
}
