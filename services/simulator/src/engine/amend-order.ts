import { announce } from './book.ts';
import { findOrder } from './cancel-order.ts';
import { reduceOnlyCapacity } from './capacity.ts';
import { min, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { execute, isCrossing } from './match.ts';
import { isWorking } from './model.ts';
import type { Account, Instrument, Order, PriceSource } from './model.ts';
import {
  checkLevel,
  checkMargin,
  checkNotional,
  checkPrice,
  checkQty,
  checkTrigger,
  tradable,
} from './order-checks.ts';
import type { Amendment, OrderRef } from './order-request.ts';
import { positionOf } from './positions.ts';
import { refusals } from './refusal.ts';
import { settleMarket } from './trigger.ts';
import type { Venue } from './venue.ts';

/**
 * Changes a working order in place (reference C.13); an amended price that crosses takes. Throws a Refusal and changes
 * nothing when the order is gone (110001), the quantity is not above the filled one (110064), a partly filled order's
 * attached levels are meant (110059), nothing would change (10001), or a check of a create fails.
 */
export function amendOrder(venue: Venue, account: Account, ref: OrderRef, change: Amendment): Order {
  const order = findOrder(account, ref);
  if (order === undefined || !isWorking(order)) throw refusals.noOrderToReplace();
  const instrument = tradable(venue, order.symbol);
  if (order.origin === 'system' && order.tpslMode === 'Full') throw refusals.fullModeOrder();
  const next = amended(venue, account, order, change);
  checkAmended(instrument, order, next);
  checkAmendedMargin(venue, account, order, next);
  checkNotional(venue, instrument, {
    value: times(next.qty, next.price || instrument.last),
    reduceOnly: order.reduceOnly,
  });
  if (isSame(order, next)) throw refusals.unchangedOrder();

  Object.assign(order, next);
  if (order.status !== 'Untriggered' && isCrossing(venue, instrument, order)) execute(venue, order);
  else announce(venue, order);
  settleMarket(venue, instrument);
  return order;
}

type Terms = Pick<Order, 'qty' | 'price' | 'triggerPrice' | 'takeProfit' | 'stopLoss' | 'tpTriggerBy' | 'slTriggerBy'>;

function amended(venue: Venue, account: Account, order: Order, change: Amendment): Terms {
  const { takeProfit = order.takeProfit, stopLoss = order.stopLoss } = change;
  const { price = order.price, triggerPrice = order.triggerPrice } = change;
  return {
    qty: change.qty === undefined ? order.qty : amendedQty(venue, account, order, change.qty),
    price: order.orderType === 'Market' ? order.price : price,
    triggerPrice,
    takeProfit,
    stopLoss,
    tpTriggerBy: sourceOf(takeProfit, change.tpTriggerBy ?? order.tpTriggerBy),
    slTriggerBy: sourceOf(stopLoss, change.slTriggerBy ?? order.slTriggerBy),
  };
}

function sourceOf(level: Decimal, by: PriceSource | ''): PriceSource | '' {
  return level === 0n ? '' : by || 'LastPrice';
}

/** A resting reduce-only order cannot grow beyond what the position leaves free (reference C.19). */
function amendedQty(venue: Venue, account: Account, order: Order, qty: Decimal): Decimal {
  if (qty <= order.cumExecQty) throw refusals.qtyBelowFilled();
  if (!order.reduceOnly || order.status === 'Untriggered') return qty;
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  return min(qty, order.cumExecQty + reduceOnlyCapacity(account, position, order));
}

function checkAmended(instrument: Instrument, order: Order, next: Terms): void {
  if (next.qty !== order.qty) checkQty(instrument, next.qty, order.orderType);
  if (order.orderType === 'Limit') checkPrice(instrument, next.price);
  if (next.triggerPrice !== order.triggerPrice) {
    if (order.status !== 'Untriggered') throw refusals.parameter('params error: TriggerPrice invalid');
    checkTrigger(instrument, { price: next.triggerPrice, direction: order.triggerDirection, by: order.triggerBy });
  }
  checkAmendedLevels(instrument, order, next);
}

function checkAmendedLevels(instrument: Instrument, order: Order, next: Terms): void {
  const { side } = order;
  const changes = next.stopLoss !== order.stopLoss || next.takeProfit !== order.takeProfit;
  if (changes && order.cumExecQty > 0n) throw refusals.partlyFilledTpSl();
  if (changes && order.reduceOnly) throw refusals.reduceOnlyWithTpSl();
  const base = next.price || next.triggerPrice || instrument.last;
  checkLevel(instrument, 'StopLoss', { price: next.stopLoss, side, base, source: next.slTriggerBy || 'LastPrice' });
  checkLevel(instrument, 'TakeProfit', { price: next.takeProfit, side, base, source: next.tpTriggerBy || 'LastPrice' });
}

function checkAmendedMargin(venue: Venue, account: Account, order: Order, next: Terms): void {
  if (order.reduceOnly || order.status === 'Untriggered' || next.qty <= order.qty) return;
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  checkMargin(venue, account, position, { side: order.side, qty: next.qty - order.qty, price: next.price });
}

const TERMS = ['qty', 'price', 'triggerPrice', 'takeProfit', 'stopLoss', 'tpTriggerBy', 'slTriggerBy'] as const;

function isSame(order: Order, next: Terms): boolean {
  return TERMS.every((name) => order[name] === next[name]);
}
