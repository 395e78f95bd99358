import { isThrough, opposite, type OrderRow, type PositionRow, type Prices } from '@backstop/core';
import type { Glance } from '@backstop/store';

/**
 * Whether a price, of whichever source, stands at or beyond the stop of the position, or the limit or the trigger of an order, of
 * whomever. Rows of which core's `isOutrun` says that the price has overtaken them are among these: it is asked about no others.
 */
export function isReached({ position, orders }: Pick<Glance, 'position' | 'orders'>, prices: Prices): boolean {
  return isStopReached(position, prices) || orders.some((row) => isOrderReached(row, prices));
}

function isStopReached(position: PositionRow | undefined, { last, mark, index }: Prices): boolean {
  if (position?.side === undefined || position.stopLoss === undefined) return false;
  const { side, stopLoss } = position;
  return [last, mark, index].some((price) => isThrough(side, stopLoss, price));
}

/** A limit is reached from its own side, a stop's trigger from that of the position which it closes. */
function isOrderReached({ side, price, triggerPrice }: OrderRow, { last, mark, index }: Prices): boolean {
  if (price !== undefined && isThrough(side, price, last)) return true;
  if (triggerPrice === undefined) return false;
  return [last, mark, index].some((at) => isThrough(opposite(side), triggerPrice, at));
}
