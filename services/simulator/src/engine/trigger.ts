import { announce, end } from './book.ts';
import { availableBalance, leverageOf } from './accounts.ts';
import { reduceOnlyCapacity } from './capacity.ts';
import { abs, min, over, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { sourcePrice } from './instruments.ts';
import { execute, fillResting } from './match.ts';
import { isActive } from './model.ts';
import type { Account, Instrument, Order, Position } from './model.ts';
import { positionOf } from './positions.ts';
import { detachStop } from './stops.ts';
import { requireAccount } from './venue.ts';
import type { Venue } from './venue.ts';

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
  if (order.reduceOnly) {
    order.qty = min(order.qty, closable(account, position, order));
    if (order.qty === 0n) {
      end(venue, order, 'Cancelled', { cancelType: 'CancelByReduceOnly' });
      return;
    }
  } else if (marginNeeded(account, order) > availableBalance(venue, account)) {
    end(venue, order, 'Cancelled', { rejectReason: 'EC_NoEnoughBalance' });
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
  announce(venue, order);
  const pair = order.pairOrderId === undefined ? undefined : account.orders.get(order.pairOrderId);
  if (pair?.status === 'Untriggered') end(venue, pair, 'Cancelled', { cancelType: cancelTypeOfPair(order) });
  const waits = order.origin === 'system' && venue.options.triggerDelayMs > 0;
  if (!waits) executeTriggered(venue, order);
}

function closable(account: Account, position: Position, order: Order): Decimal {
  if (position.side === '' || position.side === order.side) return 0n;
  return order.orderType === 'Market' ? position.size : reduceOnlyCapacity(account, position, order);
}

function marginNeeded(account: Account, order: Order): Decimal {
  const price = order.orderType === 'Limit' ? order.price : order.triggerPrice;
  return over(times(order.qty, price), leverageOf(account, order.symbol));
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
  let best: Order | undefined;
  let bestDistance = 0n;
  for (const order of venue.working.get(instrument.symbol) ?? []) {
    if (done.has(order) || !isReached(instrument, order, from !== undefined)) continue;
    const distance = distanceOf(instrument, order, from ?? instrument.last);
    if (best !== undefined && (distance > bestDistance || (distance === bestDistance && order.number > best.number)))
      continue;
    best = order;
    bestDistance = distance;
  }
  return best;
}

function isReached(instrument: Instrument, order: Order, withLimits: boolean): boolean {
  if (order.status === 'Untriggered') return isTriggered(instrument, order);
  if (!withLimits || !isActive(order) || order.orderType === 'Market') return false;
  return order.side === 'Buy' ? instrument.last <= order.price : instrument.last >= order.price;
}

function isTriggered(instrument: Instrument, order: Order): boolean {
  const price = sourcePrice(instrument, order.triggerBy);
  return order.triggerDirection === 1 ? price >= order.triggerPrice : price <= order.triggerPrice;
}

/** How far a price on its way meets the order; 0n for levels that it had passed before it set out. */
function distanceOf(instrument: Instrument, order: Order, from: Decimal): Decimal {
  const level = order.status === 'Untriggered' ? order.triggerPrice : order.price;
  const isAhead = instrument.last >= from ? level > from : level < from;
  return isAhead ? abs(level - from) : 0n;
}
