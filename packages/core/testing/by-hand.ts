import { decimal } from './core.ts';
import type { OrderRow } from './core.ts';
import { settleDown } from './play.ts';
import type { Monitor } from './play.ts';
import { endOrder, openOrders } from './venue-model.ts';

/** Long enough after the last look for rows to be evidence. */
const LATER_MS = 2_000;

/** Somebody moves the position's stop. */
export function moveStopByHand({ venue }: Monitor, level: string): void {
  if (venue.position === undefined) throw new Error('the position is flat');
  venue.nowMs += LATER_MS;
  venue.position = { ...venue.position, stopLoss: decimal(level) };
}

/** Somebody gives the trailing stop another distance. */
export function changeTrailByHand({ venue }: Monitor, distance: string): void {
  if (venue.position === undefined) throw new Error('the position is flat');
  venue.nowMs += LATER_MS;
  venue.position = { ...venue.position, trailingStop: decimal(distance) };
}

/** Somebody cancels an order of ours, and the monitor comes to rest. */
export function cancelByHand(monitor: Monitor, leg: string): void {
  monitor.venue.nowMs += 2 * LATER_MS;
  endOrder(monitor.venue, leg);
  settleDown(monitor);
}

/** Somebody gives an order of ours another price. */
export function movePriceByHand(monitor: Monitor, leg: string, price: string): void {
  const row = rowOf(monitor, leg);
  monitor.venue.book.set(row.orderId, { ...row, price: decimal(price) });
}

/** The working order of a leg. Throws where there is none. */
export function rowOf({ venue }: Monitor, leg: string): OrderRow {
  const row = openOrders(venue).find(({ orderLinkId }) => orderLinkId.includes(`-${leg}-`));
  if (row === undefined) throw new Error(`${leg} does not rest`);
  return row;
}
