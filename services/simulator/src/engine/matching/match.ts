import { announce, end } from '../orders/book.ts';
import { floorTo, max, min, over, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { applyFill } from './fill.ts';
import { inMatch } from './in-match.ts';
import { bestPrice, protectionPrice } from '../instruments.ts';
import { isActive, isWorking, leavesOf } from '../model.ts';
import type { Instrument, Order } from '../model.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** Levels that one taker may sweep when the depth is limited. */
const MOST_LEVELS = 1_000;

/** Lets a fresh or just triggered order meet the market: take what it may, then rest, or end. */
export function execute(venue: Venue, order: Order): void {
  const instrument = requireInstrument(venue, order.symbol);
  if (order.orderType === 'Market') {
    order.price = worstPrice(venue, instrument, order);
    takeOrCancel(venue, order, instrument);
    return;
  }
  executeLimit(venue, order, instrument);
}

function executeLimit(venue: Venue, order: Order, instrument: Instrument): void {
  const crosses = isCrossing(venue, instrument, order);
  if (order.timeInForce === 'PostOnly' && crosses) {
    end(venue, order, 'Cancelled', { rejectReason: 'EC_PostOnlyWillTakeLiquidity' });
    return;
  }
  if (order.timeInForce === 'FOK' && !canFillWhole(venue, order)) {
    end(venue, order, 'Cancelled', { rejectReason: 'EC_NoEnoughQtyToFill' });
    return;
  }
  if (order.status === 'Triggered') order.status = 'New';
  if (order.timeInForce === 'IOC') {
    takeOrCancel(venue, order, instrument);
    return;
  }
  const filledBefore = order.cumExecQty;
  if (crosses) takeAtOnce(venue, order, instrument);
  if (!isOpen(order)) return;
  if (order.cumExecQty === filledBefore) announce(venue, order);
}

/** Fills a resting order that the price has reached, as maker at its own price; some of it when the depth is limited. */
export function fillResting(venue: Venue, order: Order): void {
  const instrument = requireInstrument(venue, order.symbol);
  const depth = levelDepth(venue, instrument, order.price);
  const share = depth === undefined ? leavesOf(order) : partOf(venue, instrument, depth);
  const qty = min(leavesOf(order), share);
  if (qty > 0n) applyFill(venue, order, { qty, price: order.price, isMaker: true });
}

export function isCrossing(venue: Venue, instrument: Instrument, order: Order): boolean {
  const best = bestPrice(venue, instrument, order.side);
  return order.side === 'Buy' ? order.price >= best : order.price <= best;
}

function takeAtOnce(venue: Venue, order: Order, instrument: Instrument): void {
  inMatch(venue, instrument, () => take(venue, order));
}

/** What an immediate order does not get ends in the same match: its one state is Filled or Cancelled (reference C.12, C.18). */
function takeOrCancel(venue: Venue, order: Order, instrument: Instrument): void {
  inMatch(venue, instrument, () => {
    take(venue, order);
    if (isOpen(order)) end(venue, order, 'Cancelled', { rejectReason: 'EC_NoImmediateQtyToFill' });
  });
}

/** Takes level after level up to the order's price; the filled position may end the order on the way. */
function take(venue: Venue, order: Order): void {
  for (const { price, qty } of levelsFor(venue, order)) {
    if (!isOpen(order)) return;
    applyFill(venue, order, { qty: min(leavesOf(order), qty), price, isMaker: false });
    if (leavesOf(order) === 0n) return;
  }
}

function canFillWhole(venue: Venue, order: Order): boolean {
  let sum = 0n;
  for (const { qty } of levelsFor(venue, order)) {
    sum += qty;
    if (sum >= leavesOf(order)) return true;
  }
  return false;
}

/** What the market offers a taker within its price, best first. */
function* levelsFor(venue: Venue, order: Order): Generator<{ readonly price: Decimal; readonly qty: Decimal }> {
  const instrument = requireInstrument(venue, order.symbol);
  const step = order.side === 'Buy' ? instrument.tickSize : -instrument.tickSize;
  let price = bestPrice(venue, instrument, order.side);
  for (let level = 0; level < MOST_LEVELS && price > 0n; level += 1) {
    if (order.side === 'Buy' ? price > order.price : price < order.price) return;
    yield { price, qty: levelDepth(venue, instrument, price) ?? order.qty };
    price += step;
  }
}

/** The protection price, or what the order's own tolerance allows of it (reference C.12). */
function worstPrice(venue: Venue, instrument: Instrument, { side, slippage }: Order): Decimal {
  const protection = protectionPrice(venue, instrument, side);
  if (slippage === undefined) return protection;
  const best = bestPrice(venue, instrument, side);
  const distance =
    slippage.type === 'TickSize'
      ? times(slippage.tolerance, instrument.tickSize)
      : floorTo(times(best, slippage.tolerance) / 100n, instrument.tickSize);
  return side === 'Buy' ? min(protection, best + distance) : max(protection, best - distance);
}

/** Base coin that one level holds; `undefined` = endless. */
export function levelDepth(venue: Venue, instrument: Instrument, price: Decimal): Decimal | undefined {
  const { depthNotional } = venue.options;
  if (depthNotional === 0n) return undefined;
  return max(floorTo(over(depthNotional, price), instrument.qtyStep), instrument.qtyStep);
}

/** A random part of a level, between a quarter and the whole, at least one step. */
function partOf(venue: Venue, instrument: Instrument, depth: Decimal): Decimal {
  const percent = 25n + BigInt(Math.floor(venue.random() * 76));
  return max(floorTo((depth * percent) / 100n, instrument.qtyStep), instrument.qtyStep);
}

function isOpen(order: Order): boolean {
  return isActive(order) || order.status === 'Triggered' || isWorking(order);
}
