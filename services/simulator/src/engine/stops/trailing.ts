import { announce, end } from '../orders/book.ts';
import type { Decimal } from '../decimal.ts';
import type { Account, Instrument, Order, Position } from '../model.ts';
import { checkPrice } from '../orders/order-checks.ts';
import { refusals } from '../refusal.ts';
import { systemOrder } from './stops.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** A distance from the price, 0n = none, and the price that arms it, 0n = at once. */
export interface TrailingRequest {
  readonly trailingStop?: Decimal | undefined;
  readonly activePrice?: Decimal | undefined;
}

/** Moves the trailing stop of a position with the last price, and arms it when its activation price is touched. */
export function trail(venue: Venue, account: Account, position: Position): void {
  const { trailing } = position;
  if (trailing === undefined) return;
  const { last } = requireInstrument(venue, position.symbol);
  const isLong = position.side === 'Buy';
  if (trailing.activePrice > 0n) {
    if (isLong ? last < trailing.activePrice : last > trailing.activePrice) return;
    trailing.activePrice = 0n;
    putAt(venue, account, position, levelOf(position, last, trailing.distance));
    return;
  }
  const triggerPrice = levelOf(position, last, trailing.distance);
  const present = trailing.order?.triggerPrice;
  const isTighter = present === undefined || (isLong ? triggerPrice > present : triggerPrice < present);
  if (isTighter) putAt(venue, account, position, triggerPrice);
}

/**
 * Makes the trailing stop's order, or moves it. One that waits for its activation price looks the other way, towards it, so
 * that it protects nothing; the price that touches it arms it before anything triggers.
 */
function putAt(venue: Venue, account: Account, position: Position, triggerPrice: Decimal): void {
  const { trailing } = position;
  if (trailing === undefined) return;
  const triggerDirection = (position.side === 'Buy') === trailing.activePrice > 0n ? 1 : 2;
  if (trailing.order === undefined) {
    const stop = { stopOrderType: 'TrailingStop', qty: position.size, triggerPrice, triggerBy: 'LastPrice' } as const;
    trailing.order = systemOrder(venue, account, position, { ...stop, triggerDirection });
    return;
  }
  trailing.order.triggerPrice = triggerPrice;
  trailing.order.triggerDirection = triggerDirection;
  announce(venue, trailing.order);
}

/** Whether a request asks for nothing but what is there; an activation price counts as long as it was given. */
export function isSameTrailing(venue: Venue, { trailing }: Position, request: TrailingRequest): boolean {
  const { trailingStop = 0n, activePrice } = request;
  if (trailing !== undefined && venue.options.trailingResend === 'restart') return false;
  const isSameActive = activePrice === undefined || activePrice === (trailing?.askedActivePrice ?? 0n);
  return trailingStop === (trailing?.distance ?? 0n) && isSameActive;
}

export function checkTrailing(instrument: Instrument, { trailingStop = 0n, activePrice = 0n }: TrailingRequest): void {
  if (trailingStop > 0n) checkPrice(instrument, trailingStop, 'TrailingStop');
  if (activePrice > 0n) checkPrice(instrument, activePrice, 'ActivePrice');
  if (trailingStop >= instrument.last) throw refusals.parameter('TrailingStop invalid');
}

/**
 * Sets, changes or removes the trailing stop. A new distance starts the trail anew at the present price, in place; with an
 * activation price no order is there until it is touched, or by the option `waitingTrailing` one at that price (S-10).
 */
export function setTrailing(venue: Venue, account: Account, position: Position, request: TrailingRequest): void {
  const { trailingStop: distance = 0n, activePrice: askedActivePrice = 0n } = request;
  const former = position.trailing?.order;
  position.trailing = undefined;
  if (distance === 0n) {
    takeAway(venue, former);
    return;
  }
  const activePrice = isTouched(venue, position, askedActivePrice) ? 0n : askedActivePrice;
  position.trailing = { distance, activePrice, askedActivePrice, order: former };
  if (activePrice > 0n) wait(venue, account, position, activePrice);
  else putAt(venue, account, position, levelOf(position, requireInstrument(venue, position.symbol).last, distance));
}

function wait(venue: Venue, account: Account, position: Position, activePrice: Decimal): void {
  if (venue.options.waitingTrailing === 'shown') {
    putAt(venue, account, position, activePrice);
    return;
  }
  const former = position.trailing?.order;
  if (position.trailing !== undefined) position.trailing.order = undefined;
  takeAway(venue, former);
}

function takeAway(venue: Venue, order: Order | undefined): void {
  if (order === undefined) return;
  end(venue, order, venue.options.conditionalCancelStatus, { cancelType: 'CancelByUser' });
}

function isTouched(venue: Venue, position: Position, activePrice: Decimal): boolean {
  const { last } = requireInstrument(venue, position.symbol);
  return activePrice === 0n || (position.side === 'Buy' ? last >= activePrice : last <= activePrice);
}

function levelOf({ side }: Position, last: Decimal, distance: Decimal): Decimal {
  return side === 'Buy' ? last - distance : last + distance;
}
