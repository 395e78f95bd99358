import { announce, newOrder, register } from './book.ts';
import { reduceOnlyCapacity } from './capacity.ts';
import { min, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { judgeDuplicate } from './judge.ts';
import { execute } from './match.ts';
import type { Account, Instrument, Order, Origin, Position } from './model.ts';
import {
  checkLevel,
  checkMargin,
  checkNotional,
  checkOrderCount,
  checkPositionIdx,
  checkPrice,
  checkQty,
  checkTrigger,
  tradable,
} from './order-checks.ts';
import type { OrderRequest } from './order-request.ts';
import { positionOf } from './positions.ts';
import { refusals } from './refusal.ts';
import { settleMarket } from './trigger.ts';
import type { Venue } from './venue.ts';

/**
 * Accepts an order and lets it meet the market (reference C.12, C.18, C.19). Throws a Refusal and changes nothing when
 * the exchange would refuse it; an order that dies at once (PostOnly that crosses, FOK, IOC) is accepted and ends.
 */
export function placeOrder(venue: Venue, account: Account, request: OrderRequest, origin: Origin): Order {
  const instrument = tradable(venue, request.symbol);
  checkPositionIdx(account, request.symbol, request.positionIdx);
  if (account.byLinkId.has(request.orderLinkId)) {
    venue.truth.duplicateLinkIds += 1;
    throw refusals.duplicateLinkId();
  }
  const position = positionOf(venue, account, request.symbol, request.positionIdx);
  const reduceOnly = request.reduceOnly || isClosingByMode(request);
  const isConditional = request.triggerPrice > 0n;
  checkRequest(instrument, { ...request, reduceOnly });
  checkOrderCount(account, request.symbol, isConditional);
  const qty = acceptedQty(venue, { account, position, instrument }, { ...request, reduceOnly });
  const price = request.orderType === 'Limit' ? request.price : instrument.last;
  checkNotional(venue, instrument, { value: times(qty, price), reduceOnly });
  if (!reduceOnly && !isConditional) checkMargin(venue, account, position, { side: request.side, qty, price });

  const order = newOrder(venue, { ...fieldsOf(request), account: account.name, qty, reduceOnly, origin });
  register(venue, account, order);
  judgeDuplicate(venue, account, order);
  if (isConditional) announce(venue, order);
  else execute(venue, order);
  settleMarket(venue, instrument);
  return order;
}

/** In hedge mode an order against its own position index can only close (reference C.19). */
function isClosingByMode({ positionIdx, side }: OrderRequest): boolean {
  return (positionIdx === 1 && side === 'Sell') || (positionIdx === 2 && side === 'Buy');
}

function checkRequest(instrument: Instrument, request: OrderRequest): void {
  const isCloseAll = request.qty === 0n && request.reduceOnly && request.closeOnTrigger;
  if (!isCloseAll) checkQty(instrument, request.qty, request.orderType);
  if (request.orderType === 'Limit') checkPrice(instrument, request.price);
  if (request.triggerPrice > 0n) {
    const { triggerPrice: price, triggerDirection: direction, triggerBy: by } = request;
    checkTrigger(instrument, { price, direction, by });
  }
  checkAttachedLevels(instrument, request);
}

function checkAttachedLevels(instrument: Instrument, request: OrderRequest): void {
  if (!hasLevels(request)) return;
  if (request.reduceOnly) throw refusals.reduceOnlyWithTpSl();
  const { side } = request;
  const base = basePrice(instrument, request);
  const [slSource, tpSource] = [request.slTriggerBy || 'LastPrice', request.tpTriggerBy || 'LastPrice'] as const;
  checkLevel(instrument, 'StopLoss', { price: request.stopLoss, side, base, source: slSource });
  checkLevel(instrument, 'TakeProfit', { price: request.takeProfit, side, base, source: tpSource });
}

function hasLevels(request: OrderRequest): boolean {
  return request.takeProfit > 0n || request.stopLoss > 0n;
}

/** What an attached stop is compared with: the price at which the order would open. */
function basePrice(instrument: Instrument, request: OrderRequest): Decimal {
  if (request.orderType === 'Market') return request.triggerPrice || instrument.last;
  const isBuy = request.side === 'Buy';
  const isMarketable =
    request.triggerPrice === 0n && (isBuy ? request.price > instrument.last : request.price < instrument.last);
  return isMarketable ? instrument.last : request.price;
}

interface Place {
  readonly account: Account;
  readonly position: Position;
  readonly instrument: Instrument;
}

/** The quantity that is taken in: the whole position for "0", what is left of it for reduce-only orders; else as asked. */
function acceptedQty(venue: Venue, { account, position, instrument }: Place, request: OrderRequest): Decimal {
  const asked = request.qty === 0n ? min(position.size, instrument.maxMktOrderQty) : request.qty;
  if (!request.reduceOnly) return asked;
  if (request.triggerPrice > 0n) return asked === 0n ? instrument.minOrderQty : asked;
  if (position.side === '' || position.side === request.side) throw refusals.reduceOnly();
  const ignoresResting = request.orderType === 'Market' && !venue.options.closeOnTriggerNeedsCapacity;
  const qty = min(asked, ignoresResting ? position.size : reduceOnlyCapacity(account, position));
  if (qty === 0n) throw refusals.reduceOnly();
  return qty;
}

type Draft = Omit<OrderRequest, 'qty' | 'reduceOnly'> & Pick<Order, 'createType' | 'stopOrderType' | 'status'>;

function fieldsOf(request: OrderRequest): Draft {
  const { qty: _qty, reduceOnly: _reduceOnly, ...fields } = request;
  return {
    ...fields,
    ...(request.orderType === 'Market' ? ({ price: 0n, timeInForce: 'IOC' } as const) : {}),
    ...conditionFields(request),
    slTriggerBy: request.stopLoss > 0n ? request.slTriggerBy || 'LastPrice' : '',
    tpTriggerBy: request.takeProfit > 0n ? request.tpTriggerBy || 'LastPrice' : '',
    tpslMode: hasLevels(request) ? request.tpslMode || 'Full' : '',
  };
}

type Condition = Pick<Order, 'createType' | 'stopOrderType' | 'status' | 'triggerBy' | 'triggerDirection'>;

function conditionFields(request: OrderRequest): Condition {
  if (request.triggerPrice === 0n) {
    return { createType: 'CreateByUser', stopOrderType: '', status: 'New', triggerBy: '', triggerDirection: 0 };
  }
  return {
    createType: 'CreateByStopOrder',
    stopOrderType: 'Stop',
    status: 'Untriggered',
    triggerBy: request.triggerBy || 'LastPrice',
    triggerDirection: request.triggerDirection,
  };
}
