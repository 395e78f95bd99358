import { isTighter } from './core.ts';
import type { Decimal, TrailingSpec } from './core.ts';
import type { Venue } from './venue-model.ts';

/** Gives the position a trailing stop, as trading-stop does: with an activation price it waits for that (reference E.5). */
export function armTrail(venue: Venue, { distance, activePrice }: TrailingSpec): void {
  const { position } = venue;
  if (position === undefined) return;
  const { activePrice: _before, ...rest } = position;
  venue.position = { ...rest, trailingStop: distance, ...(activePrice !== undefined && { activePrice }) };
  venue.trail = undefined;
  followTrail(venue);
}

/** The trail after the price has moved: it starts at the activation price and only ever tightens. */
export function followTrail(venue: Venue): void {
  const { position, price, trail } = venue;
  if (position?.side === undefined || position.trailingStop === undefined) return;
  const { side, activePrice, trailingStop } = position;
  if (trail === undefined && activePrice !== undefined && isTighter(side, activePrice, price)) return;
  const level: Decimal = side === 'Buy' ? price - trailingStop : price + trailingStop;
  if (trail === undefined || isTighter(side, level, trail)) venue.trail = level;
}
