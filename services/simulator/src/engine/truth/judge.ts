import { isWorking } from '../model.ts';
import type { Account, Order } from '../model.ts';
import { positionKey } from '../money/positions.ts';
import type { WrongCancel } from './truth.ts';
import type { Venue } from '../venue.ts';

/** Two equal market entries closer than this are taken for one that was sent twice. */
const MARKET_WINDOW_MS = 60_000;

/** Records an accepted create that repeats another one. Knows nothing about how ids are made. */
export function judgeDuplicate(venue: Venue, account: Account, order: Order): void {
  if (order.origin !== 'api') return;
  const isMarketEntry = order.orderType === 'Market' && !order.reduceOnly && order.triggerPrice === 0n;
  const earlier = isMarketEntry ? findEqualMarket(venue, account, order) : findEqualWorking(account, order);
  if (earlier === undefined) return;
  venue.truth.duplicates.push({
    kind: isMarketEntry ? 'market' : 'working',
    account: account.name,
    symbol: order.symbol,
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    ofOrderId: earlier.orderId,
    ofOrderLinkId: earlier.orderLinkId,
    atMs: order.createdAtMs,
  });
}

/** Records a cancel by an API key that takes away protection, somebody else's order, or an entry for no reason. */
export function judgeCancel(venue: Venue, account: Account, order: Order): void {
  const kind = wrongCancelKind(venue, account, order);
  if (kind === undefined) return;
  const { symbol, orderId } = order;
  venue.truth.wrongCancels.push({ kind, account: account.name, symbol, orderId, atMs: venue.nowMs() });
}

function wrongCancelKind(venue: Venue, account: Account, order: Order): WrongCancel['kind'] | undefined {
  const position = account.positions.get(positionKey(order.symbol, order.positionIdx));
  const isOpen = position !== undefined && position.size > 0n;
  if (order.origin === 'manual') return 'foreign-order';
  if (order.stopOrderType === 'StopLoss') return isOpen ? 'stop-of-open-position' : undefined;
  if (order.reduceOnly || order.stopOrderType !== '' || !isOpen) return undefined;
  const lastClosing = venue.truth.lastClosing.get(`${account.name}:${order.symbol}`) ?? 0;
  return lastClosing > order.number ? undefined : 'entry-without-exit';
}

function findEqualWorking(account: Account, order: Order): Order | undefined {
  const position = account.positions.get(positionKey(order.symbol, order.positionIdx));
  for (const other of position?.orders ?? []) {
    if (other !== order && isWorking(other) && isSameRequest(other, order)) return other;
  }
  return undefined;
}

/** Among the account's market entries of the last minute, which are kept for this. */
function findEqualMarket({ truth }: Venue, account: Account, order: Order): Order | undefined {
  const sinceMs = order.createdAtMs - MARKET_WINDOW_MS;
  const recent = (truth.recentMarkets.get(account.name) ?? []).filter(({ createdAtMs }) => createdAtMs >= sinceMs);
  truth.recentMarkets.set(account.name, [...recent, order]);
  return recent.findLast((other) => isSameRequest(other, order));
}

function isSameRequest(a: Order, b: Order): boolean {
  const isSameTrade = a.origin === b.origin && a.symbol === b.symbol && a.side === b.side && a.qty === b.qty;
  const isSameKind = a.orderType === b.orderType && a.reduceOnly === b.reduceOnly && a.positionIdx === b.positionIdx;
  const isSamePrice = a.orderType === 'Market' || a.price === b.price;
  return isSameTrade && isSameKind && isSamePrice && a.triggerPrice === b.triggerPrice;
}
