import { min } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import { bestPrice } from '../engine/instruments.ts';
import { levelDepth } from '../engine/matching/match.ts';
import { isActive, leavesOf } from '../engine/model.ts';
import type { Instrument, Side } from '../engine/model.ts';
import type { Venue } from '../engine/venue.ts';

/** Sizes by price, best first. */
export interface OrderBook {
  readonly bids: ReadonlyMap<Decimal, Decimal>;
  readonly asks: ReadonlyMap<Decimal, Decimal>;
}

/**
 * What the engine would fill an order against, and the accounts' resting orders on top: `depth` prices of each side. A
 * market without end shows the largest order on each price. Bids that others' asks have passed are left out.
 */
export function bookOf(venue: Venue, instrument: Instrument, depth: number): OrderBook {
  const asks = sideOf(venue, instrument, { side: 'Sell', depth });
  const [bestAsk] = asks.keys();
  return { bids: sideOf(venue, instrument, { side: 'Buy', depth, below: bestAsk }), asks };
}

function sideOf(
  venue: Venue,
  instrument: Instrument,
  { side, depth, below }: { side: Side; depth: number; below?: Decimal | undefined },
): Map<Decimal, Decimal> {
  const isAsk = side === 'Sell';
  const step = isAsk ? instrument.tickSize : -instrument.tickSize;
  const sizes = restingSizes(venue, instrument, { side, below });
  const best = bestPrice(venue, instrument, isAsk ? 'Buy' : 'Sell');
  let price = below === undefined ? best : min(best, below - instrument.tickSize);
  for (let level = 0; level < depth && price > 0n; level += 1) {
    const size = levelDepth(venue, instrument, price) ?? instrument.maxOrderQty;
    sizes.set(price, (sizes.get(price) ?? 0n) + size);
    price += step;
  }
  const sorted = [...sizes].toSorted(([a], [b]) => (a < b === isAsk ? -1 : 1));
  return new Map(sorted.slice(0, depth));
}

function restingSizes(
  venue: Venue,
  { symbol }: Instrument,
  { side, below }: { side: Side; below: Decimal | undefined },
): Map<Decimal, Decimal> {
  const sizes = new Map<Decimal, Decimal>();
  for (const order of venue.working.get(symbol) ?? []) {
    if (order.side !== side || order.orderType !== 'Limit' || !isActive(order)) continue;
    if (below !== undefined && order.price >= below) continue;
    sizes.set(order.price, (sizes.get(order.price) ?? 0n) + leavesOf(order));
  }
  return sizes;
}
