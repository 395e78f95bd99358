import { acceptedQty, splitQty } from './accepted-qty.ts';
import { announce, newOrder, register } from './book.ts';
import { checkRequest, hasLevels, isCloseAll } from './check-request.ts';
import { max, min, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { judgeDuplicate } from '../truth/judge.ts';
import { execute } from '../matching/match.ts';
import { hasEnded } from '../model.ts';
import type { Account, Instrument, Order, Origin, Side } from '../model.ts';
import { onGrid } from './on-grid.ts';
import {
  checkMargin,
  checkNotional,
  checkOrderCount,
  checkPositionIdx,
  checkPrice,
  mostQty,
  tradable,
} from './order-checks.ts';
import type { OrderRequest } from './order-request.ts';
import { positionOf } from '../money/positions.ts';
import { priceBand } from './price-band.ts';
import { refusals } from '../refusal.ts';
import { settleMarket } from '../matching/trigger.ts';
import type { Venue } from '../venue.ts';
import { withDefaults } from './with-defaults.ts';

/** A reduce-only order may be split into so many; what is beyond them is not taken in. */
const MOST_PARTS = 500n;

/**
 * Accepts an order and lets it meet the market (reference C.12, C.18, C.19). Throws a Refusal and changes nothing when
 * the exchange would refuse it; an order that dies at once (PostOnly that crosses, FOK, IOC) is accepted and ends. The
 * result is the first one when a reduce-only order is split; the others have no link id.
 */
export function placeOrder(venue: Venue, account: Account, asked: OrderRequest, origin: Origin): Order {
  const reduceOnly = asked.reduceOnly || isClosingByMode(asked);
  const instrument = tradable(venue, asked.symbol, reduceOnly);
  checkPositionIdx(account, asked.symbol, asked.positionIdx);
  checkLinkId(venue, account, asked.orderLinkId);
  const position = positionOf(venue, account, asked.symbol, asked.positionIdx);
  const said = withDefaults(venue, instrument, onGrid(venue, instrument, asked));
  const request = { ...said, reduceOnly, price: takenPrice(venue, account, instrument, said) };
  const isConditional = request.triggerPrice > 0n;
  checkRequest(instrument, request);
  const most = mostQty(instrument, request.orderType);
  const qty = min(acceptedQty(venue, { position, instrument }, request), most * MOST_PARTS);
  const parts = splitQty(qty, reduceOnly ? most : qty);
  checkOrderCount(account, request.symbol, { isConditional, count: parts.length });
  const price = request.orderType === 'Limit' ? request.price : request.triggerPrice || instrument.last;
  checkNotional(venue, instrument, { value: times(qty, price), reduceOnly });
  if (!reduceOnly && !isConditional) checkMargin(venue, account, position, { side: request.side, qty, price });

  const fields = { ...fieldsOf(request), account: account.name, reduceOnly, origin };
  const orders = parts.map((part, index) => {
    const orderLinkId = index === 0 ? request.orderLinkId : '';
    return open(venue, account, { ...fields, qty: part, orderLinkId }, index === 0);
  });
  settleMarket(venue, instrument);
  const [first] = orders;
  if (first === undefined) throw refusals.reduceOnly();
  return first;
}

/** 110072 for a link id that is taken; under the option `linkIdReuse` those of ended orders are free. */
function checkLinkId({ options, truth }: Venue, { byLinkId }: Account, orderLinkId: string): void {
  const holder = byLinkId.get(orderLinkId);
  if (holder === undefined || (options.linkIdReuse === 'after-end' && hasEnded(holder))) return;
  truth.duplicateLinkIds += 1;
  throw refusals.duplicateLinkId();
}

/** In hedge mode an order against its own position index can only close (reference C.19). */
function isClosingByMode({ positionIdx, side }: OrderRequest): boolean {
  return (positionIdx === 1 && side === 'Sell') || (positionIdx === 2 && side === 'Buy');
}

/** The price of a limit order, moved to the band's edge where it is beyond it (reference C.4). */
function takenPrice(venue: Venue, account: Account, instrument: Instrument, request: OrderRequest): Decimal {
  if (request.orderType === 'Market') return request.price;
  checkPrice(instrument, request.price);
  return request.triggerPrice > 0n ? request.price : priceInBand(venue, account, instrument, request);
}

/** Buys above the band and sells below it are re-priced, or refused with 110121 and 110120 (reference C.4). */
export function priceInBand(
  venue: Venue,
  account: Account,
  instrument: Instrument,
  { side, price }: { readonly side: Side; readonly price: Decimal },
): Decimal {
  const { maxBuy, minSell } = priceBand(instrument);
  const taken = side === 'Buy' ? min(price, maxBuy) : max(price, minSell);
  const { limitBeyondBand = venue.options.limitBeyondBand } = account;
  if (taken !== price && limitBeyondBand === 'refuse') throw refusals.beyondBand(side);
  return taken;
}

type Fields = Parameters<typeof newOrder>[1];

function open(venue: Venue, account: Account, fields: Fields, isFirst: boolean): Order {
  const order = newOrder(venue, fields);
  register(venue, account, order);
  if (isFirst) judgeDuplicate(venue, account, order);
  if (order.status === 'Untriggered') announce(venue, order);
  else execute(venue, order);
  return order;
}

type Draft = Omit<Fields, 'account' | 'qty' | 'reduceOnly' | 'origin' | 'orderLinkId'>;

function fieldsOf(request: OrderRequest): Draft {
  const { symbol, side, orderType, positionIdx, closeOnTrigger, triggerPrice, slippage } = request;
  const isMarket = orderType === 'Market';
  return {
    symbol,
    side,
    orderType,
    positionIdx,
    closeOnTrigger,
    triggerPrice,
    slippage,
    price: isMarket ? 0n : request.price,
    timeInForce: isMarket ? 'IOC' : request.timeInForce,
    ...conditionFields(request),
    ...stopFields(request),
    ...profitFields(request),
    tpslMode: hasLevels(request) ? request.tpslMode || 'Full' : '',
    smpType: request.smpType ?? 'None',
    closesAll: isCloseAll(request),
  };
}

type StopFields = 'stopLoss' | 'slTriggerBy' | 'slOrderType' | 'slLimitPrice';
type ProfitFields = 'takeProfit' | 'tpTriggerBy' | 'tpOrderType' | 'tpLimitPrice';

/** What is said about a level that is not there is forgotten. */
function stopFields(request: OrderRequest): Pick<Order, StopFields> {
  const { stopLoss, slTriggerBy, slOrderType = '', slLimitPrice = 0n } = request;
  if (stopLoss === 0n) return { stopLoss, slTriggerBy: '', slOrderType: '', slLimitPrice: 0n };
  const limitPrice = slOrderType === 'Limit' ? slLimitPrice : 0n;
  return { stopLoss, slTriggerBy: slTriggerBy || 'LastPrice', slOrderType, slLimitPrice: limitPrice };
}

function profitFields(request: OrderRequest): Pick<Order, ProfitFields> {
  const { takeProfit, tpTriggerBy, tpOrderType = '', tpLimitPrice = 0n } = request;
  if (takeProfit === 0n) return { takeProfit, tpTriggerBy: '', tpOrderType: '', tpLimitPrice: 0n };
  const limitPrice = tpOrderType === 'Limit' ? tpLimitPrice : 0n;
  return { takeProfit, tpTriggerBy: tpTriggerBy || 'LastPrice', tpOrderType, tpLimitPrice: limitPrice };
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
