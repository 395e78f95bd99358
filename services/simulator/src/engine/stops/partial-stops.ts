import type { Decimal } from '../decimal.ts';
import { checkLegs } from '../orders/check-request.ts';
import { sourcePrice } from '../matching/source-price.ts';
import type { Account, Instrument, Order, Position } from '../model.ts';
import { checkLevel, checkQty } from '../orders/order-checks.ts';
import { couple } from './pairs.ts';
import { positionKey } from '../money/positions.ts';
import { refusals } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { systemOrder, systemOrders } from './stops.ts';
import type { StopLevel } from './stops.ts';
import type { TradingStop } from './trading-stop.ts';
import type { Venue } from '../venue.ts';

/** Reference C.19: Partial-mode orders of an account on a symbol. */
const MOST_PARTIAL_STOPS = 20;

export interface Leg extends StopLevel {
  readonly stopOrderType: 'PartialStopLoss' | 'PartialTakeProfit';
  readonly qty: Decimal;
}

/**
 * Adds a stop, a take-profit or a coupled pair of them over part of the position (reference C.16). Throws a Refusal:
 * levels or sizes missing 10001 or 34040, sizes that differ or exceed the position 10001, a position under the least quantity 110058, more than
 * 20 orders 110061.
 */
export function addPartialStops(
  venue: Venue,
  account: Account,
  position: Position,
  { instrument, request }: { instrument: Instrument; request: TradingStop },
): void {
  checkLegs(instrument, request);
  const legs = legsOf(request);
  if (legs.length === 0 || legs.some(({ qty }) => qty === 0n)) throw incomplete(venue);
  if (legs.some(({ qty }) => qty !== legs[0]?.qty)) throw refusals.parameter('tpSize and slSize must be equal');
  if (position.size < instrument.minOrderQty) throw refusals.positionTooSmall();
  for (const leg of legs) checkLeg(instrument, position, leg);
  if (!fitsLegs(account, position, legs.length)) throw refusals.tooManyTpSl();
  addLegs(venue, account, position, legs);
}

/** As the exchange answered in October 2025; A.5 has 34040 for required parameters that are missing, without naming these. */
function incomplete({ options }: Venue): Refusal {
  return options.incompletePartialStop === 'parameter' ? refusals.incompletePartialStop() : refusals.notModified();
}

/** Whether the account may have so many Partial-mode orders more on the position's symbol. */
export function fitsLegs({ positions }: Account, { symbol }: Position, count: number): boolean {
  const present = ([0, 1, 2] as const).flatMap((positionIdx) => {
    const position = positions.get(positionKey(symbol, positionIdx));
    return position === undefined ? [] : systemOrders(position).filter(({ tpslMode }) => tpslMode === 'Partial');
  });
  return present.length + count <= MOST_PARTIAL_STOPS;
}

/** Puts Partial-mode orders on the position, two of them as a pair. */
export function addLegs(venue: Venue, account: Account, position: Position, legs: readonly Leg[]): readonly Order[] {
  const orders = legs.map((leg) => systemOrder(venue, account, position, leg));
  couple(orders);
  return orders;
}

function legsOf(request: TradingStop): readonly Leg[] {
  const { stopLoss = 0n, takeProfit = 0n, slTriggerBy = 'LastPrice', tpTriggerBy = 'LastPrice' } = request;
  const stop = {
    stopOrderType: 'PartialStopLoss',
    triggerPrice: stopLoss,
    triggerBy: slTriggerBy,
    limitPrice: request.slOrderType === 'Limit' ? request.slLimitPrice : 0n,
    qty: request.slSize ?? 0n,
  } as const;
  const profit = {
    stopOrderType: 'PartialTakeProfit',
    triggerPrice: takeProfit,
    triggerBy: tpTriggerBy,
    limitPrice: request.tpOrderType === 'Limit' ? request.tpLimitPrice : 0n,
    qty: request.tpSize ?? 0n,
  } as const;
  return [stop, profit].filter(({ triggerPrice }) => triggerPrice > 0n);
}

function checkLeg(instrument: Instrument, position: Position, leg: Leg): void {
  if (position.side === '') return;
  checkQty(instrument, leg.qty, (leg.limitPrice ?? 0n) > 0n ? 'Limit' : 'Market');
  if (leg.qty > position.size) throw refusals.parameter('the size of TP/SL exceeds the position');
  const kind = leg.stopOrderType === 'PartialStopLoss' ? 'StopLoss' : 'TakeProfit';
  const base = sourcePrice(instrument, leg.triggerBy);
  checkLevel(instrument, kind, { price: leg.triggerPrice, side: position.side, base, source: leg.triggerBy });
}
