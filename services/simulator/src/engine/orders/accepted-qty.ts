import { reduceOnlyCapacity } from './capacity.ts';
import { min } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { Instrument, Position } from '../model.ts';
import { mostQty } from './order-checks.ts';
import type { OrderRequest } from './order-request.ts';
import { refusals } from '../refusal.ts';
import type { Venue } from '../venue.ts';

export interface Place {
  readonly position: Position;
  readonly instrument: Instrument;
}

/**
 * How much of a create is taken in: the whole position for "0", up to the largest order; what is left of the position for
 * reduce-only orders, 110017 when nothing is; else as asked (reference C.19).
 */
export function acceptedQty(venue: Venue, { position, instrument }: Place, request: OrderRequest): Decimal {
  const { qty, orderType, side } = request;
  const asked = qty === 0n ? min(position.size, mostQty(instrument, orderType)) : qty;
  if (!request.reduceOnly) return asked;
  if (request.triggerPrice > 0n) return asked === 0n ? instrument.minOrderQty : asked;
  if (position.side === '' || position.side === side) throw refusals.reduceOnly();
  const ignoresResting = orderType === 'Market' && !venue.options.closeOnTriggerNeedsCapacity;
  const taken = min(asked, ignoresResting ? position.size : reduceOnlyCapacity(position));
  if (taken === 0n) throw refusals.reduceOnly();
  return taken;
}

/** A quantity in orders of at most `most`, the rest last. */
export function splitQty(qty: Decimal, most: Decimal): readonly Decimal[] {
  const parts: Decimal[] = [];
  for (let left = qty; left > 0n; left -= most) parts.push(min(left, most));
  return parts;
}
