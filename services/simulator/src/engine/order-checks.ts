import { availableBalance, leverageOf, modeOf } from './accounts.ts';
import { decimal, isMultipleOf, min, over, placesOf, show, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { isOnTick, sourcePrice } from './instruments.ts';
import { isActive } from './model.ts';
import type { Account, Instrument, Position, PositionIdx, PriceSource, Side } from './model.ts';
import { Refusal, refusals } from './refusal.ts';
import type { Venue } from './venue.ts';

/** Reference C.19. */
const MOST_ACTIVE_ORDERS = 500;
const MOST_CONDITIONAL_ORDERS = 10;

/** The instrument, when it exists and trades; 10001 or 110074 otherwise. */
export function tradable(venue: Venue, symbol: string): Instrument {
  const instrument = venue.instruments.get(symbol);
  if (instrument === undefined) throw refusals.unknownSymbol();
  if (instrument.status !== 'Trading') throw refusals.notTrading();
  return instrument;
}

export function checkPositionIdx(account: Account, symbol: string, positionIdx: PositionIdx): void {
  if ((modeOf(account, symbol) === 'hedge') !== positionIdx > 0) throw refusals.positionIdxMismatch();
}

/** Step and bounds; a market order has its own maximum. */
export function checkQty(instrument: Instrument, qty: Decimal, orderType: 'Market' | 'Limit'): void {
  const most = orderType === 'Market' ? min(instrument.maxMktOrderQty, instrument.maxOrderQty) : instrument.maxOrderQty;
  if (qty < instrument.minOrderQty) throw refusals.belowMinQty();
  if (qty > most) throw refusals.aboveMaxQty();
  if (!isMultipleOf(qty, instrument.qtyStep)) throw refusals.parameter('Qty invalid');
}

/** A positive multiple of the tick; whether the exchange cuts or refuses other prices is unconfirmed: this refuses. */
export function checkPrice(instrument: Instrument, price: Decimal, name = 'Price'): void {
  if (price <= 0n || !isOnTick(instrument, price)) throw refusals.parameter(`${name} invalid`);
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
  const rule = `${kind}:${price} set for ${level.side} position should ${mustBeLower ? 'lower' : 'greater'} than`;
  throw new Refusal(10001, `${rule} base_price:${base}??${level.source}`);
}

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
export function checkOrderCount(account: Account, symbol: string, isConditional: boolean): void {
  const onSymbol = [...account.open].filter((order) => order.symbol === symbol);
  const conditional = onSymbol.filter(
    ({ stopOrderType, status }) => stopOrderType === 'Stop' && status === 'Untriggered',
  );
  if (isConditional && conditional.length >= MOST_CONDITIONAL_ORDERS)
    throw refusals.tooManyConditionals(MOST_CONDITIONAL_ORDERS);
  if (!isConditional && onSymbol.filter(isActive).length >= MOST_ACTIVE_ORDERS) throw refusals.tooManyOrders();
}

/** 110007: initial margin of what would open, against the free balance. What closes is free. */
export function checkMargin(
  venue: Venue,
  account: Account,
  position: Position,
  order: { side: Side; qty: Decimal; price: Decimal },
): void {
  const closing = position.side !== '' && position.side !== order.side ? min(order.qty, position.size) : 0n;
  const opening = order.qty - closing;
  if (opening <= 0n) return;
  const margin = over(times(opening, order.price), leverageOf(account, position.symbol));
  if (margin > availableBalance(venue, account)) throw refusals.balance();
}

/** Prices in refusal texts are whole numbers, scaled by 1e4 or, for cheap coins, 1e8 (reference A.6). */
function scaled(instrument: Instrument, price: Decimal): string {
  const factor = placesOf(instrument.tickSize) > 4 ? '100000000' : '10000';
  return show(times(price, decimal(factor)));
}
