import type { Decimal } from './decimal.ts';
import { sourcePrice } from './instruments.ts';
import type { Account, Instrument, Order, Position, PriceSource } from './model.ts';
import { checkLevel, checkQty, tradable } from './order-checks.ts';
import { refusals } from './refusal.ts';
import { systemOrder, systemOrders } from './stops.ts';
import type { TradingStop } from './trading-stop.ts';
import type { Venue } from './venue.ts';

/** Reference C.19: Partial-mode orders per position. */
const MOST_PARTIAL_STOPS = 20;

interface Leg {
  readonly stopOrderType: 'PartialStopLoss' | 'PartialTakeProfit';
  readonly triggerPrice: Decimal;
  readonly triggerBy: PriceSource;
  readonly qty: Decimal;
}

/** Adds a stop, a take-profit or a bound pair of them over part of the position. Market legs only. */
export function addPartialStops(venue: Venue, account: Account, position: Position, request: TradingStop): void {
  const instrument = tradable(venue, request.symbol);
  const legs = legsOf(request);
  if (legs.length === 0) throw refusals.notModified();
  if (legs.some(({ qty }) => qty !== legs[0]?.qty)) throw refusals.parameter('tpSize and slSize must be equal');
  for (const leg of legs) checkLeg(instrument, position, leg);
  const present = systemOrders(account, position).filter(({ tpslMode }) => tpslMode === 'Partial');
  if (present.length + legs.length > MOST_PARTIAL_STOPS) throw refusals.tooManyTpSl();
  const orders = legs.map((leg) => systemOrder(venue, account, position, leg));
  bind(orders);
}

function legsOf(request: TradingStop): readonly Leg[] {
  const legs: Leg[] = [];
  const { stopLoss = 0n, takeProfit = 0n, slTriggerBy = 'LastPrice', tpTriggerBy = 'LastPrice' } = request;
  if (stopLoss > 0n) {
    const qty = request.slSize ?? 0n;
    legs.push({ stopOrderType: 'PartialStopLoss', triggerPrice: stopLoss, triggerBy: slTriggerBy, qty });
  }
  if (takeProfit > 0n) {
    const qty = request.tpSize ?? 0n;
    legs.push({ stopOrderType: 'PartialTakeProfit', triggerPrice: takeProfit, triggerBy: tpTriggerBy, qty });
  }
  return legs;
}

function checkLeg(instrument: Instrument, position: Position, leg: Leg): void {
  if (position.side === '') return;
  checkQty(instrument, leg.qty, 'Market');
  if (leg.qty > position.size) throw refusals.parameter('the size of TP/SL exceeds the position');
  const kind = leg.stopOrderType === 'PartialStopLoss' ? 'StopLoss' : 'TakeProfit';
  const base = sourcePrice(instrument, leg.triggerBy);
  checkLevel(instrument, kind, { price: leg.triggerPrice, side: position.side, base, source: leg.triggerBy });
}

function bind(orders: readonly Order[]): void {
  const [first, second] = orders;
  if (first === undefined || second === undefined) return;
  first.pairOrderId = second.orderId;
  second.pairOrderId = first.orderId;
}
