import { announce } from './book.ts';
import { fillFirst, findOrder, refusalOfEnded } from './cancel-order.ts';
import { reduceOnlyCapacity } from './capacity.ts';
import { checkLegs } from './check-request.ts';
import { min, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { execute, isCrossing } from '../matching/match.ts';
import { isActive, isWorking } from '../model.ts';
import type { Account, Instrument, LegType, Order, PriceSource } from '../model.ts';
import {
  checkLevel,
  checkMargin,
  checkNotional,
  checkPrice,
  checkQty,
  checkTrigger,
  tradable,
} from './order-checks.ts';
import { onGrid } from './on-grid.ts';
import type { Amendment, OrderRef } from './order-request.ts';
import { uncouple } from '../stops/pairs.ts';
import { priceInBand } from './place-order.ts';
import { positionOf } from '../money/positions.ts';
import { refusals } from '../refusal.ts';
import { settleMarket } from '../matching/trigger.ts';
import { requireAccount } from '../venue.ts';
import type { Venue } from '../venue.ts';

/**
 * Changes a working order in place (reference C.13); an amended price that crosses takes. Throws a Refusal and changes
 * nothing when the order is gone (110001), the quantity is not above the filled one (110064), a partly filled order's
 * attached levels are meant (110059), nothing would change (10001), or a check of a create fails. Half of a Partial pair
 * that is amended goes its own way from then on.
 */
export function amendOrder(venue: Venue, account: Account, ref: OrderRef, asked: Amendment): Order {
  const order = workingOrder(venue, account, ref);
  const instrument = tradable(venue, order.symbol, order.reduceOnly);
  if (isFullStop(order) && !mayMove(venue, order)) throw refusals.fullModeOrder();
  const change = onGrid(venue, instrument, asked);
  const next = amended(venue, account, order, change);
  checkAmended(instrument, order, next);
  checkAmendedMargin(venue, account, order, next);
  const value = times(next.qty, next.price || instrument.last);
  checkNotional(venue, instrument, { value, reduceOnly: order.reduceOnly });
  if (isSame(order, next)) {
    if (venue.options.unchangedAmend === 'accept') return order;
    throw refusals.unchangedOrder();
  }

  Object.assign(order, next);
  if (order.origin === 'system') uncouple(account, order);
  if (order.status !== 'Untriggered' && isCrossing(venue, instrument, order)) execute(venue, order);
  else announce(venue, order);
  settleMarket(venue, instrument);
  return order;
}

/** Whose quantity is the position's. */
function isFullStop({ origin, tpslMode }: Order): boolean {
  return origin === 'system' && tpslMode === 'Full';
}

/** By the option `fullStopAmend`; a trailing stop moves by itself alone. */
function mayMove({ options }: Venue, { stopOrderType }: Order): boolean {
  return options.fullStopAmend === 'move' && stopOrderType !== 'TrailingStop';
}

function workingOrder(venue: Venue, account: Account, ref: OrderRef): Order {
  const order = findOrder(account, ref);
  if (order !== undefined && venue.losesRaces && isActive(order)) fillFirst(venue, order);
  if (order !== undefined && isWorking(order)) return order;
  throw refusalOfEnded(venue, order, refusals.noOrderToReplace());
}

const TERMS = [
  'qty',
  'price',
  'triggerPrice',
  'triggerBy',
  'takeProfit',
  'stopLoss',
  'tpTriggerBy',
  'slTriggerBy',
  'tpslMode',
  'tpLimitPrice',
  'slLimitPrice',
] as const;
type Terms = Pick<Order, (typeof TERMS)[number]>;

function isSame(order: Order, next: Terms): boolean {
  return TERMS.every((name) => order[name] === next[name]);
}

function amended(venue: Venue, account: Account, order: Order, change: Amendment): Terms {
  return {
    qty: change.qty === undefined ? order.qty : amendedQty(venue, account, order, change.qty),
    price: amendedPrice(venue, order, change.price),
    triggerPrice: change.triggerPrice ?? order.triggerPrice,
    triggerBy: (order.triggerPrice > 0n ? change.triggerBy : undefined) ?? order.triggerBy,
    ...amendedLevels(order, change),
  };
}

type LevelTerms = Omit<Terms, 'qty' | 'price' | 'triggerPrice' | 'triggerBy'>;

function amendedLevels(order: Order, change: Amendment): LevelTerms {
  const { takeProfit = order.takeProfit, stopLoss = order.stopLoss, tpslMode = order.tpslMode } = change;
  const { tpTriggerBy = order.tpTriggerBy, slTriggerBy = order.slTriggerBy } = change;
  const { tpLimitPrice = order.tpLimitPrice, slLimitPrice = order.slLimitPrice } = change;
  const hasLevels = takeProfit > 0n || stopLoss > 0n;
  return {
    takeProfit,
    stopLoss,
    tpTriggerBy: sourceOf(takeProfit, tpTriggerBy),
    slTriggerBy: sourceOf(stopLoss, slTriggerBy),
    tpslMode: order.origin === 'system' ? order.tpslMode : attachedMode(hasLevels, tpslMode),
    tpLimitPrice: legPrice(takeProfit, order.tpOrderType, tpLimitPrice),
    slLimitPrice: legPrice(stopLoss, order.slOrderType, slLimitPrice),
  };
}

function attachedMode(hasLevels: boolean, mode: Order['tpslMode']): Order['tpslMode'] {
  return hasLevels ? mode || 'Full' : '';
}

function amendedPrice(venue: Venue, order: Order, price: Decimal | undefined): Decimal {
  if (price === undefined || order.orderType === 'Market') return order.price;
  const instrument = tradable(venue, order.symbol, order.reduceOnly);
  checkPrice(instrument, price);
  const account = requireAccount(venue, order.account);
  return order.status === 'Untriggered' ? price : priceInBand(venue, account, instrument, { side: order.side, price });
}

/** Only a Limit leg that is there has a price of its own. */
function legPrice(level: Decimal, orderType: LegType, price: Decimal): Decimal {
  return level > 0n && orderType === 'Limit' ? price : 0n;
}

function sourceOf(level: Decimal, by: PriceSource | ''): PriceSource | '' {
  return level === 0n ? '' : by || 'LastPrice';
}

/** A resting reduce-only order cannot grow beyond what the position leaves free (reference C.19). */
function amendedQty(venue: Venue, account: Account, order: Order, qty: Decimal): Decimal {
  if (qty <= order.cumExecQty) throw refusals.qtyBelowFilled();
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  if (isFullStop(order)) return order.qty;
  if (order.origin === 'system' && order.status === 'Untriggered') return min(qty, position.size);
  if (!order.reduceOnly || order.status === 'Untriggered') return qty;
  const most = order.cumExecQty + reduceOnlyCapacity(position, order);
  if (qty > most && venue.options.reduceOnlyAmendBeyond === 'refuse') throw refusals.amendUpward();
  return min(qty, most);
}

function checkAmended(instrument: Instrument, order: Order, next: Terms): void {
  if (next.qty !== order.qty) checkQty(instrument, next.qty, order.orderType);
  if (next.triggerPrice !== order.triggerPrice || next.triggerBy !== order.triggerBy) {
    if (order.status !== 'Untriggered') throw refusals.parameter('params error: TriggerPrice invalid');
    checkTrigger(instrument, { price: next.triggerPrice, direction: order.triggerDirection, by: next.triggerBy });
  }
  checkAmendedLevels(instrument, order, next);
}

const LEVELS = ['stopLoss', 'takeProfit', 'tpLimitPrice', 'slLimitPrice', 'tpslMode'] as const;

function checkAmendedLevels(instrument: Instrument, order: Order, next: Terms): void {
  const { side } = order;
  if (LEVELS.some((name) => next[name] !== order[name])) {
    if (order.cumExecQty > 0n) throw refusals.partlyFilledTpSl();
    if (order.reduceOnly) throw refusals.reduceOnlyWithTpSl();
    checkLegs(instrument, { ...order, ...next });
  }
  const base = next.price || next.triggerPrice || instrument.last;
  checkLevel(instrument, 'StopLoss', { price: next.stopLoss, side, base, source: next.slTriggerBy || 'LastPrice' });
  checkLevel(instrument, 'TakeProfit', { price: next.takeProfit, side, base, source: next.tpTriggerBy || 'LastPrice' });
}

function checkAmendedMargin(venue: Venue, account: Account, order: Order, next: Terms): void {
  if (order.reduceOnly || order.status === 'Untriggered' || next.qty <= order.qty) return;
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  checkMargin(venue, account, position, { side: order.side, qty: next.qty - order.qty, price: next.price });
}
