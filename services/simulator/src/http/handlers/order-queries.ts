import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { isWorking } from '../../engine/model.ts';
import type { Account, Order } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import { parseListing, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { newest } from '../newest.ts';
import { historyRow, orderRow } from '../rows/order-row.ts';
import { timeRange } from '../time-range.ts';

/** How long order/history keeps orders that were filled, wholly or in part (reference C.7). */
const FILLED_KEPT_MS = 730 * 24 * 3_600_000;
/** How long order/history keeps orders that ended without a fill (reference C.7). */
const UNFILLED_KEPT_MS = 24 * 3_600_000;

const common = {
  category: z.string(),
  symbol: fields.text,
  baseCoin: fields.text,
  settleCoin: fields.text,
  orderId: fields.text,
  orderLinkId: fields.text,
  orderFilter: z.enum(['Order', 'StopOrder', 'tpslOrder', 'OcoOrder', 'BidirectionalTpslOrder', '']).optional(),
  limit: limitField(50, 20),
  cursor: fields.text,
};
const realtimeQuery = z.object({ ...common, openOnly: z.enum(['0', '1', '2', '']).optional() });
const historyQuery = z.object({
  ...common,
  orderStatus: fields.text,
  startTime: fields.integer.optional(),
  endTime: fields.integer.optional(),
});

/**
 * GET /v5/order/realtime (reference C.6): working orders, or with openOnly=1 the latest 500 closed ones (the option
 * `openOnlyOne` adds the open ones). By orderId or orderLinkId an order comes in any status while it is among these.
 */
export function openOrders({ engine, account, input }: Call): Answer {
  const query = parseListing(realtimeQuery, { engine, input });
  requireLinear(query);
  const byId = ordersById(account, query);
  if (byId === undefined && !query.symbol && !query.settleCoin && !query.baseCoin) {
    throw refusals.parameter('Missing some parameters that must be filled in, symbol or settleCoin or baseCoin');
  }
  if (query.symbol !== undefined && !engine.venue.instruments.has(query.symbol)) throw refusals.unknownSymbol();
  const wantsClosed = query.openOnly === '1';
  const orders =
    byId?.filter((order) => isShown(account, order)) ??
    (wantsClosed ? openOnlyOne(engine, account) : workingOrders(account));
  const before = numberBefore(account, query.cursor);
  return page(
    orders.filter((order) => order.number < before && isMeant(order, query)),
    query,
    orderRow,
  );
}

/** GET /v5/order/history (reference C.7): closed orders only, newest first; an id needs no time range. */
export function orderHistory({ engine, account, input }: Call): Answer {
  const query = parseListing(historyQuery, { engine, input });
  requireLinear(query);
  const nowMs = engine.venue.nowMs();
  const { fromMs, toMs } = timeRange(query, nowMs);
  const before = numberBefore(account, query.cursor);
  const isListed = (order: Order): boolean =>
    order.number < before &&
    !isWorking(order) &&
    isMeant(order, query) &&
    (query.orderStatus === undefined || order.status === query.orderStatus) &&
    nowMs - order.updatedAtMs <= (order.cumExecQty > 0n ? FILLED_KEPT_MS : UNFILLED_KEPT_MS);
  const isInTime = ({ createdAtMs }: Order): boolean => createdAtMs >= fromMs && createdAtMs <= toMs;
  const byId = ordersById(account, query);
  if (byId !== undefined) {
    const isAnyTime = query.startTime === undefined && query.endTime === undefined;
    return page(
      byId.filter((order) => isListed(order) && (isAnyTime || isInTime(order))),
      query,
      historyRow,
    );
  }
  const orders = newest(account.orderIds, {
    most: query.limit,
    rowOf: (orderId) => account.orders.get(orderId),
    isWanted: (order) => !account.open.has(order) && isInTime(order) && isListed(order),
    isPast: ({ createdAtMs }) => createdAtMs < fromMs,
  });
  return page(orders, query, historyRow);
}

type Query = z.output<typeof realtimeQuery> | z.output<typeof historyQuery>;

function ordersById(account: Account, { orderId, orderLinkId }: Query): readonly Order[] | undefined {
  if (orderId === undefined && orderLinkId === undefined) return undefined;
  const order = orderId === undefined ? account.byLinkId.get(orderLinkId ?? '') : account.orders.get(orderId);
  return order === undefined ? [] : [order];
}

/** Whether order/realtime still knows an order. */
function isShown({ open, closedBuffer }: Account, order: Order): boolean {
  return open.has(order) || closedBuffer.has(order.orderId);
}

function openOnlyOne({ venue }: Engine, account: Account): readonly Order[] {
  const closed = bufferedOrders(account);
  if (venue.options.openOnlyOne === 'closed') return closed;
  return [...closed, ...account.open].toSorted((a, b) => b.number - a.number);
}

function bufferedOrders(account: Account): readonly Order[] {
  const orders = [...account.closedBuffer].flatMap((orderId) => account.orders.get(orderId) ?? []);
  return orders.filter((order) => !account.open.has(order)).toSorted((a, b) => b.number - a.number);
}

function workingOrders(account: Account): readonly Order[] {
  return [...account.open].toSorted((a, b) => b.number - a.number);
}

function isMeant(order: Order, query: Query): boolean {
  if (query.symbol !== undefined && order.symbol !== query.symbol) return false;
  if (query.settleCoin !== undefined && query.settleCoin !== 'USDT') return false;
  if (query.baseCoin !== undefined && order.symbol !== `${query.baseCoin}USDT`) return false;
  if (!query.orderFilter) return true;
  if (query.orderFilter !== 'Order' && query.orderFilter !== 'StopOrder') return false;
  return (query.orderFilter === 'StopOrder') === (order.stopOrderType !== '');
}

function page(
  orders: readonly Order[],
  { category, limit }: Query,
  rowOf: (order: Order) => Record<string, unknown>,
): Answer {
  const rows = orders.slice(0, limit);
  const [first, last] = [rows[0], rows.at(-1)];
  const nextPageCursor =
    first === undefined || last === undefined
      ? ''
      : encodeCursor([`${first.orderId}:${first.createdAtMs}`, `${last.orderId}:${last.createdAtMs}`]);
  return { result: { nextPageCursor, category, list: rows.map(rowOf) } };
}

/** A page goes on behind the order that ended the last one, wherever that order has gone since. */
function numberBefore(account: Account, cursor: string | undefined): number {
  if (cursor === undefined) return Number.POSITIVE_INFINITY;
  const orderId = decodeCursor(cursor).at(-1)?.split(':')[0] ?? '';
  const order = account.orders.get(orderId);
  if (order === undefined) throw refusals.parameter('params error: cursor invalid');
  return order.number;
}
