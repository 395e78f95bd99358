import { modeOf } from '../money/accounts.ts';
import { decimal, isMultipleOf, min, placesOf, show, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { isOnTick } from '../instruments.ts';
import { sourcePrice } from '../matching/source-price.ts';
import { availableBalance } from '../money/account-margin.ts';
import { marginToOpen } from '../money/margin.ts';
import { isActive } from '../model.ts';
import type { Account, Instrument, Order, Position, PositionIdx, PriceSource, Side } from '../model.ts';
import { positionKey } from '../money/positions.ts';
import { Refusal, refusals } from '../refusal.ts';
import { checkRiskLimit } from '../money/risk-limit.ts';
import type { Venue } from '../venue.ts';

/** Reference C.19. */
const MOST_ACTIVE_ORDERS = 500;
const MOST_CONDITIONAL_ORDERS = 10;
/** `priceFilter.maxPrice` in ticks. */
const MOST_TICKS = 19_999_998n;

/**
 * The instrument, when it exists and takes this kind of order. Otherwise 10001 (unknown), 110063 (settling), 110023 (only
 * closing orders any more) or 110074 (not live).
 */
export function tradable(venue: Venue, symbol: string, closes = false): Instrument {
  const instrument = venue.instruments.get(symbol);
  if (instrument === undefined) throw refusals.unknownSymbol();
  switch (instrument.status) {
    case 'Trading':
      return instrument;
    case 'Settling':
      throw refusals.settling();
    case 'Delivering':
    case 'ReduceOnly':
      if (closes) return instrument;
      throw refusals.reducingOnly();
    default:
      throw refusals.notTrading();
  }
}

/** The index must fit the mode (10001), and the exchange must not be taking the position over (110005). */
export function checkPositionIdx(account: Account, symbol: string, positionIdx: PositionIdx): void {
  if ((modeOf(account, symbol) === 'hedge') !== positionIdx > 0) throw refusals.positionIdxMismatch();
  const status = account.positions.get(positionKey(symbol, positionIdx))?.status ?? 'Normal';
  if (status !== 'Normal') throw refusals.positionStatus();
}

/** Step and bounds; a market order has its own maximum. */
export function checkQty(instrument: Instrument, qty: Decimal, orderType: 'Market' | 'Limit'): void {
  if (qty > mostQty(instrument, orderType)) throw refusals.aboveMaxQty();
  checkLeastQty(instrument, qty);
}

export function checkLeastQty(instrument: Instrument, qty: Decimal): void {
  if (qty < instrument.minOrderQty) throw refusals.belowMinQty();
  if (!isMultipleOf(qty, instrument.qtyStep)) throw refusals.parameter('Qty invalid');
}

export function mostQty(instrument: Instrument, orderType: 'Market' | 'Limit'): Decimal {
  return orderType === 'Market' ? min(instrument.maxMktOrderQty, instrument.maxOrderQty) : instrument.maxOrderQty;
}

/** A positive multiple of the tick; what the option `offGridPrice` cuts has been cut before. */
export function checkPrice(instrument: Instrument, price: Decimal, name = 'Price'): void {
  if (price <= 0n || !isOnTick(instrument, price)) throw refusals.parameter(`${name} invalid`);
  if (price > instrument.tickSize * MOST_TICKS) throw refusals.priceOutOfRange();
}

/** 110092 and 110093: a conditional order waits on the far side of the present price. */
export function checkTrigger(
  instrument: Instrument,
  trigger: { price: Decimal; direction: 0 | 1 | 2; by: PriceSource | '' },
): void {
  checkPrice(instrument, trigger.price, 'TriggerPrice');
  if (trigger.direction === 0) throw refusals.parameter('params error: TriggerDirection invalid');
  const current = sourcePrice(instrument, trigger.by);
  const texts = [scaled(instrument, trigger.price), scaled(instrument, current), trigger.by || 'LastPrice'] as const;
  if (trigger.direction === 1 && trigger.price <= current) throw refusals.expectRising(...texts);
  if (trigger.direction === 2 && trigger.price >= current) throw refusals.expectFalling(...texts);
}

/** 10001 when a stop or take-profit lies on the wrong side of the base price (reference A.6). 0n = none. */
export function checkLevel(instrument: Instrument, kind: 'StopLoss' | 'TakeProfit', level: Level): void {
  if (level.price === 0n) return;
  checkPrice(instrument, level.price, kind);
  const mustBeLower = (kind === 'StopLoss') === (level.side === 'Buy');
  if (mustBeLower ? level.price < level.base : level.price > level.base) return;
  const [price, base] = [scaled(instrument, level.price), scaled(instrument, level.base)];
  const rule = `${kind}:${price} set for ${level.side} position should ${LEVEL_RULES[kind][level.side]}`;
  throw new Refusal(10001, `${rule} base_price:${base}??${level.source}`);
}

/** As the exchange words them (reference A.6); that of a short's take-profit was not seen. */
const LEVEL_RULES = {
  StopLoss: { Buy: 'lower than', Sell: 'greater' },
  TakeProfit: { Buy: 'be higher than', Sell: 'be lower than' },
} as const;

export interface Level {
  readonly price: Decimal;
  readonly side: Side;
  readonly base: Decimal;
  readonly source: PriceSource;
}

export function checkNotional(
  venue: Venue,
  instrument: Instrument,
  order: { value: Decimal; reduceOnly: boolean },
): void {
  if (order.reduceOnly && venue.options.reduceOnlyExemptFromMinNotional) return;
  const least = instrument.minNotionalValue;
  if (order.value < least) throw refusals.belowMinNotional(show(least));
}

/** 110020 and 110009: how many orders an account may have on a symbol. */
export function checkOrderCount(account: Account, symbol: string, { isConditional, count }: NewOrders): void {
  if (isConditional) {
    const conditional = countOrders(account, symbol, isConditionalOrder);
    if (conditional + count > MOST_CONDITIONAL_ORDERS) throw refusals.tooManyConditionals(MOST_CONDITIONAL_ORDERS);
  } else if (countOrders(account, symbol, isActive) + count > MOST_ACTIVE_ORDERS) throw refusals.tooManyOrders();
}

function isConditionalOrder({ stopOrderType, status }: Order): boolean {
  return stopOrderType === 'Stop' && status === 'Untriggered';
}

function countOrders({ positions }: Account, symbol: string, counts: (order: Order) => boolean): number {
  let count = 0;
  for (const positionIdx of [0, 1, 2] as const) {
    for (const order of positions.get(positionKey(symbol, positionIdx))?.orders ?? []) if (counts(order)) count += 1;
  }
  return count;
}

interface NewOrders {
  readonly isConditional: boolean;
  readonly count: number;
}

/**
 * 110007: margin of what would open, against the free balance (110004 when the wallet is empty); 110090 when the position
 * would outgrow its leverage. What closes is free.
 */
export function checkMargin(
  venue: Venue,
  account: Account,
  position: Position,
  order: { side: Side; qty: Decimal; price: Decimal },
): void {
  const margin = marginToOpen(venue, account, position, order);
  if (margin === 0n) return;
  if (account.walletBalance <= 0n) throw refusals.walletBalance();
  if (margin > availableBalance(venue, account)) throw refusals.balance();
  checkRiskLimit(venue, account, position, order);
}

/** Prices in refusal texts are whole numbers, scaled by 1e4 or, for cheap coins, 1e8 (reference A.6). */
function scaled(instrument: Instrument, price: Decimal): string {
  const factor = placesOf(instrument.tickSize) > 4 ? '100000000' : '10000';
  return show(times(price, decimal(factor)));
}
