import { announce, end, keepBooks } from '../orders/book.ts';
import { reduceOnlyCapacity } from '../orders/capacity.ts';
import { abs, min } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { availableBalance } from '../money/account-margin.ts';
import { marginToOpen } from '../money/margin.ts';
import { execute, fillResting } from './match.ts';
import type { Account, Instrument, Order, Position } from '../model.ts';
import { mostQty } from '../orders/order-checks.ts';
import { pairOf } from '../stops/pairs.ts';
import { positionOf } from '../money/positions.ts';
import { firstReached } from '../orders/price-queues.ts';
import { detachStop } from '../stops/stops.ts';
import { requireAccount, requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** A bound that no honest book reaches; it ends a loop that would otherwise never. */
const MOST_STEPS = 100_000;

/**
 * Carries out everything that the present price reaches, in the order in which a price coming from `from` passes it.
 * Fills put new stops in place, and those count too. Without `from` only stops are looked at: a resting limit order
 * waits for the next price.
 */
export function settleMarket(venue: Venue, instrument: Instrument, from?: Decimal): void {
  const done = new Set<Order>();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const next = nextReached(venue, instrument, from, done);
    if (next === undefined) return;
    done.add(next);
    if (next.status === 'Untriggered') trigger(venue, next);
    else fillResting(venue, next);
  }
}

/** Executes an order that has triggered: closing orders take what is left of the position, others need margin. */
export function executeTriggered(venue: Venue, order: Order): void {
  venue.triggered.delete(order);
  const account = requireAccount(venue, order.account);
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  if (order.reduceOnly || order.closeOnTrigger) {
    const asked = order.closesAll ? mostQty(requireInstrument(venue, order.symbol), order.orderType) : order.qty;
    const qty = min(asked, closable(position, order));
    if (qty === 0n) {
      end(venue, order, 'Cancelled', { cancelType: 'CancelByReduceOnly' });
      return;
    }
    order.qty = qty;
  } else if (
    marginToOpen(venue, account, position, { ...order, price: priceOf(order) }) > availableBalance(venue, account)
  ) {
    end(venue, order, venue.options.marginMissingStatus, { rejectReason: 'EC_Others' });
    return;
  }
  execute(venue, order);
}

function trigger(venue: Venue, order: Order): void {
  const account = requireAccount(venue, order.account);
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  order.status = 'Triggered';
  order.triggeredAtMs = venue.nowMs();
  venue.triggered.add(order);
  detachStop(venue, position, order);
  const waits = order.origin === 'system' && venue.options.triggerDelayMs > 0;
  if (waits || (order.origin !== 'system' && venue.options.showsTriggered)) announce(venue, order);
  else keepBooks(venue, order);
  if (order.tpslMode === 'Partial' && order.origin === 'system') endPair(venue, account, order);
  if (!waits) executeTriggered(venue, order);
}

/** Of a Partial pair only one half executes; in Full mode the position's close ends the other (reference C.18). */
function endPair(venue: Venue, account: Account, triggered: Order): void {
  const pair = pairOf(account, triggered);
  if (pair?.status !== 'Untriggered') return;
  const cancelType = venue.options.pairCancelType === 'oco' ? cancelTypeOfPair(triggered) : 'CancelByTpSlTsClear';
  end(venue, pair, 'Deactivated', { cancelType });
}

function closable(position: Position, order: Order): Decimal {
  if (position.side === '' || position.side === order.side) return 0n;
  return order.orderType === 'Market' ? position.size : reduceOnlyCapacity(position, order);
}

/** What a triggered order is expected to trade at. */
function priceOf(order: Order): Decimal {
  return order.orderType === 'Limit' ? order.price : order.triggerPrice;
}

function cancelTypeOfPair(triggered: Order): string {
  return triggered.stopOrderType === 'PartialStopLoss'
    ? 'CancelByOCOTpCanceledBySlTriggered'
    : 'CancelByOCOSlCanceledByTpTriggered';
}

function nextReached(
  venue: Venue,
  instrument: Instrument,
  from: Decimal | undefined,
  done: Set<Order>,
): Order | undefined {
  let best: Reached | undefined;
  for (const queue of venue.queues.get(instrument.symbol)?.queues ?? []) {
    if (from === undefined && !queue.isTrigger) continue;
    const order = firstReached(queue, instrument, done);
    const reached = order && { order, distance: distanceOf(instrument, order, from ?? instrument.last) };
    best = nearer(best, reached);
  }
  return best?.order;
}

interface Reached {
  readonly order: Order;
  readonly distance: Decimal;
}

/** The nearer of two, and of equally near ones the older. */
function nearer(a: Reached | undefined, b: Reached | undefined): Reached | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.distance !== b.distance) return a.distance < b.distance ? a : b;
  return a.order.number < b.order.number ? a : b;
}

/** How far a price on its way meets the order; 0n for levels that it had passed before it set out. */
function distanceOf(instrument: Instrument, order: Order, from: Decimal): Decimal {
  const level = order.status === 'Untriggered' ? order.triggerPrice : order.price;
  const isAhead = instrument.last >= from ? level > from : level < from;
  return isAhead ? abs(level - from) : 0n;
}
