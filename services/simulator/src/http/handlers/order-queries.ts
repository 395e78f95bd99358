import { z } from 'zod';
import { isWorking } from '../../engine/model.ts';
import type { Account, Order } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import { parse, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { orderRow } from '../rows/order-row.ts';

/** order/realtime keeps so many closed orders per account (reference C.6). */
const CLOSED_BUFFER = 500;
/** How long order/history keeps orders that ended without a fill (reference C.7). */
const UNFILLED_KEPT_MS = 24 * 3_600_000;
const WEEK_MS = 7 * 24 * 3_600_000;

const common = {
  category: z.string(),
  symbol: fields.text,
  baseCoin: fields.text,
  settleCoin: fields.text,
  orderId: fields.text,
  orderLinkId: fields.text,
  orderFilter: z.enum(['Order', 'StopOrder', '']).optional(),
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
 * GET /v5/order/realtime (reference C.6): working orders, or the latest closed ones with openOnly=1 (that it leaves the
 * open ones out is unconfirmed). By orderId or orderLinkId an order comes in any status.
 */
export function openOrders({ engine, account, input }: Call): Answer {
  const query = parse(realtimeQuery, input);
  requireLinear(query);
  const byId = ordersById(account, query);
  if (byId === undefined && !query.symbol && !query.settleCoin && !query.baseCoin) {
    throw refusals.parameter('Missing some parameters that must be filled in, symbol or settleCoin or baseCoin');
  }
  if (query.symbol !== undefined && !engine.venue.instruments.has(query.symbol)) throw refusals.unknownSymbol();
  const wantsClosed = query.openOnly === '1';
  const orders = byId ?? (wantsClosed ? closedOrders(account).slice(0, CLOSED_BUFFER) : workingOrders(account));
  return page(
    account,
    orders.filter((order) => isMeant(order, query)),
    query,
  );
}

/** GET /v5/order/history (reference C.7): closed orders only, newest first. */
export function orderHistory({ engine, account, input }: Call): Answer {
  const query = parse(historyQuery, input);
  requireLinear(query);
  const nowMs = engine.venue.nowMs();
  const { fromMs, toMs } = timeRange(query, nowMs);
  const orders = (ordersById(account, query) ?? closedOrders(account)).filter(
    (order) =>
      !isWorking(order) &&
      isMeant(order, query) &&
      (query.orderStatus === undefined || order.status === query.orderStatus) &&
      order.createdAtMs >= fromMs &&
      order.createdAtMs <= toMs &&
      (order.cumExecQty > 0n || nowMs - order.updatedAtMs <= UNFILLED_KEPT_MS),
  );
  return page(account, orders, query);
}

/** The time range of a history query: seven days at most, the last seven by default. */
export function timeRange(
  { startTime, endTime }: { readonly startTime?: number | undefined; readonly endTime?: number | undefined },
  nowMs: number,
): { fromMs: number; toMs: number } {
  if (startTime === undefined && endTime === undefined) return { fromMs: nowMs - WEEK_MS, toMs: nowMs };
  const fromMs = startTime ?? (endTime ?? nowMs) - WEEK_MS;
  const toMs = endTime ?? fromMs + WEEK_MS;
  if (toMs < fromMs || toMs - fromMs > WEEK_MS)
    throw refusals.parameter('The time range between startTime and endTime is limited to 7 days');
  return { fromMs, toMs };
}

type Query = z.output<typeof realtimeQuery> | z.output<typeof historyQuery>;

function ordersById(account: Account, { orderId, orderLinkId }: Query): readonly Order[] | undefined {
  if (orderId === undefined && orderLinkId === undefined) return undefined;
  const order = orderId === undefined ? account.byLinkId.get(orderLinkId ?? '') : account.orders.get(orderId);
  return order === undefined ? [] : [order];
}

function workingOrders(account: Account): readonly Order[] {
  return [...account.open].toSorted((a, b) => b.number - a.number);
}

function closedOrders(account: Account): readonly Order[] {
  return [...account.orders.values()].filter((order) => !account.open.has(order)).toReversed();
}

function isMeant(order: Order, query: Query): boolean {
  if (query.symbol !== undefined && order.symbol !== query.symbol) return false;
  if (query.settleCoin !== undefined && query.settleCoin !== 'USDT') return false;
  if (query.baseCoin !== undefined && order.symbol !== `${query.baseCoin}USDT`) return false;
  if (!query.orderFilter) return true;
  return (query.orderFilter === 'StopOrder') === (order.stopOrderType !== '');
}

function page(account: Account, orders: readonly Order[], { category, limit, cursor }: Query): Answer {
  const after = cursor === undefined ? Number.POSITIVE_INFINITY : numberAt(account, cursor);
  const rows = orders.filter(({ number }) => number < after).slice(0, limit);
  const [first, last] = [rows[0], rows.at(-1)];
  const nextPageCursor =
    first === undefined || last === undefined
      ? ''
      : encodeCursor([`${first.orderId}:${first.createdAtMs}`, `${last.orderId}:${last.createdAtMs}`]);
  return { result: { nextPageCursor, category, list: rows.map(orderRow) } };
}

/** A page goes on behind the order that ended the last one, wherever that order has gone since. */
function numberAt(account: Account, cursor: string): number {
  const orderId = decodeCursor(cursor).at(-1)?.split(':')[0] ?? '';
  const order = account.orders.get(orderId);
  if (order === undefined) throw refusals.parameter('params error: cursor invalid');
  return order.number;
}
