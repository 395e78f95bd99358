import { decimal, isMultipleOf } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { Instrument, Slippage } from '../model.ts';
import { checkLeastQty, checkLevel, checkPrice, checkQty, checkTrigger } from './order-checks.ts';
import type { OrderRequest } from './order-request.ts';
import { refusals } from '../refusal.ts';

/** The bounds of a market order's own tolerance: whole ticks, or percent with two digits. */
const TOLERANCES = {
  TickSize: { least: decimal('1'), most: decimal('10000'), step: decimal('1') },
  Percent: { least: decimal('0.01'), most: decimal('10'), step: decimal('0.01') },
} as const;

/**
 * What can be said of a create from its fields and the present prices alone (reference C.12); throws a Refusal. Only orders
 * that reduce may be larger than the contract's largest order: they are split.
 */
export function checkRequest(instrument: Instrument, request: OrderRequest): void {
  if (!isCloseAll(request)) {
    if (request.reduceOnly) checkLeastQty(instrument, request.qty);
    else checkQty(instrument, request.qty, request.orderType);
  }
  if (request.orderType === 'Limit') checkPrice(instrument, request.price);
  if (request.slippage !== undefined) checkSlippage(request, request.slippage);
  if (request.triggerPrice > 0n) {
    const { triggerPrice: price, triggerDirection: direction, triggerBy: by } = request;
    checkTrigger(instrument, { price, direction, by });
  }
  checkLegs(instrument, request);
  checkAttachedLevels(instrument, request);
}

/** Quantity 0 of a reduce-only close-on-trigger order means the whole position. */
export function isCloseAll({ qty, reduceOnly, closeOnTrigger }: OrderRequest): boolean {
  return qty === 0n && reduceOnly && closeOnTrigger;
}

/** Whether an order brings a stop or take-profit along. */
export function hasLevels({ takeProfit, stopLoss }: Pick<OrderRequest, 'takeProfit' | 'stopLoss'>): boolean {
  return takeProfit > 0n || stopLoss > 0n;
}

function checkSlippage({ orderType, triggerPrice }: OrderRequest, { type, tolerance }: Slippage): void {
  const { least, most, step } = TOLERANCES[type];
  const isFit = tolerance >= least && tolerance <= most && isMultipleOf(tolerance, step);
  if (orderType !== 'Market' || triggerPrice > 0n) throw refusals.parameter('params error: slippageTolerance invalid');
  if (!isFit) throw refusals.toleranceOutOfRange(type);
}

type Legs = Pick<OrderRequest, 'tpslMode' | 'tpOrderType' | 'slOrderType' | 'tpLimitPrice' | 'slLimitPrice'>;

/** Limit legs belong to Partial mode and need their price, which others do without (reference C.12). */
export function checkLegs(instrument: Instrument, request: Legs): void {
  const legs = [
    { name: 'sl', orderType: request.slOrderType ?? '', limitPrice: request.slLimitPrice ?? 0n },
    { name: 'tp', orderType: request.tpOrderType ?? '', limitPrice: request.tpLimitPrice ?? 0n },
  ];
  for (const { name, orderType, limitPrice } of legs) {
    if (orderType === '') continue;
    if (request.tpslMode === '')
      throw refusals.parameter(`${name}OrderType can not have a value when tpSlMode is empty`);
    if (orderType === 'Market') continue;
    if (request.tpslMode === 'Full')
      throw refusals.parameter(`${name}OrderType can only be Market when tpSlMode is Full`);
    checkPrice(instrument, limitPrice, `${name}LimitPrice`);
  }
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

/** What an attached stop is compared with: the price at which the order would open. */
function basePrice(instrument: Instrument, request: OrderRequest): Decimal {
  if (request.orderType === 'Market') return request.triggerPrice || instrument.last;
  const isBuy = request.side === 'Buy';
  const isMarketable =
    request.triggerPrice === 0n && (isBuy ? request.price > instrument.last : request.price < instrument.last);
  return isMarketable ? instrument.last : request.price;
}
