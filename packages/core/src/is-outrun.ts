import type { Decimal } from './decimal.ts';
import type { OrderRow, Prices, Snapshot } from './facts.ts';
import { isThrough, triggerPriceOf } from './level.ts';
import type { Plan, Side } from './model.ts';
import { ordersByOwner } from './own-orders.ts';
import type { OwnOrder } from './own-orders.ts';
import { positionOf } from './view.ts';

/**
 * Whether the market has very likely overtaken the rows: the prices are newer, and stand at or beyond a working limit, the
 * stop or the trailing stop; or an order row shows less executed than its leg is known to have. Such rows are read again, not trusted.
 */
export function isOutrun(snapshot: Snapshot, plan: Plan): boolean {
  const { own, stop, trailing } = ordersByOwner(snapshot, plan);
  if (own.some((order) => lagsExecutions(order, snapshot))) return true;
  const { prices } = snapshot;
  if (prices === undefined) return false;
  if (areLimitsCrossed(own, prices, snapshot) || isStopPassed(stop, prices, snapshot, plan)) return true;
  const isNewer = prices.atMs > snapshot.ordersAtMs;
  return isNewer && trailing?.triggerPrice !== undefined && isThrough(plan.side, trailing.triggerPrice, prices.last);
}

function areLimitsCrossed(own: readonly OwnOrder[], prices: Prices, { ordersAtMs }: Snapshot): boolean {
  if (prices.atMs <= ordersAtMs) return false;
  return own.some(({ row }) => row.price !== undefined && isCrossed(row.side, row.price, prices));
}

function isStopPassed(stop: OrderRow | undefined, prices: Prices, snapshot: Snapshot, plan: Plan): boolean {
  const position = positionOf(snapshot, plan);
  const level = stop?.triggerPrice ?? position?.stopLoss;
  if (position === undefined || level === undefined || prices.atMs <= snapshot.positionAtMs) return false;
  return isThrough(plan.side, level, triggerPriceOf(prices, plan.stopLoss.triggerBy));
}

function lagsExecutions({ leg, restoreEpoch, generation, row }: OwnOrder, { executed }: Snapshot): boolean {
  return restoreEpoch === 0 && generation === 0 && row.cumExecQty < (executed.get(leg)?.qty ?? 0n);
}

function isCrossed(side: Side, price: Decimal, { last }: Prices): boolean {
  return side === 'Buy' ? last <= price : last >= price;
}
