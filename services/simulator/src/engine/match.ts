import { announce, end } from './book.ts';
import { floorTo, max, min, over } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { applyFill } from './fill.ts';
import { bestPrice, protectionPrice } from './instruments.ts';
import { isActive, isWorking, leavesOf } from './model.ts';
import type { Instrument, Order } from './model.ts';
import { requireInstrument } from './venue.ts';
import type { Venue } from './venue.ts';

/** Levels that one taker may sweep when the depth is limited. */
const MOST_LEVELS = 1_000;

/** Lets a fresh or just triggered order meet the market: take what it may, then rest, or end. */
export function execute(venue: Venue, order: Order): void {
  const instrument = requireInstrument(venue, order.symbol);
  if (order.orderType === 'Market') {
    order.price = protectionPrice(venue, instrument, order.side);
    take(venue, order);
    if (isOpen(order)) end(venue, order, 'Cancelled', { rejectReason: 'EC_NoImmediateQtyToFill' });
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
  if (order.timeInForce === 'FOK' && !canFillWhole(venue, order, instrument)) {
    end(venue, order, 'Cancelled', { rejectReason: 'EC_NoEnoughQtyToFill' });
    return;
  }
  if (order.status === 'Triggered') order.status = 'New';
  const filledBefore = order.cumExecQty;
  if (crosses) take(venue, order);
  if (!isOpen(order)) return;
  if (order.timeInForce === 'IOC') end(venue, order, 'Cancelled', { rejectReason: 'EC_NoImmediateQtyToFill' });
  else if (order.cumExecQty === filledBefore) announce(venue, order);
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

/** Takes level after level up to the order's price; the filled position may end the order on the way. */
function take(venue: Venue, order: Order): void {
  const instrument = requireInstrument(venue, order.symbol);
  const step = order.side === 'Buy' ? instrument.tickSize : -instrument.tickSize;
  let price = bestPrice(venue, instrument, order.side);
  for (let level = 0; level < MOST_LEVELS && isOpen(order); level += 1) {
    if (price <= 0n || (order.side === 'Buy' ? price > order.price : price < order.price)) return;
    const qty = min(leavesOf(order), levelDepth(venue, instrument, price) ?? order.qty);
    if (qty === 0n) return;
    applyFill(venue, order, { qty, price, isMaker: false });
    price += step;
  }
}

function canFillWhole(venue: Venue, order: Order, instrument: Instrument): boolean {
  if (!isCrossing(venue, instrument, order)) return false;
  const best = bestPrice(venue, instrument, order.side);
  const depth = levelDepth(venue, instrument, best);
  if (depth === undefined) return true;
  const distance = order.side === 'Buy' ? order.price - best : best - order.price;
  return depth * (distance / instrument.tickSize + 1n) >= leavesOf(order);
}

/** Base coin that one level holds; `undefined` = endless. */
function levelDepth(venue: Venue, instrument: Instrument, price: Decimal): Decimal | undefined {
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
