import { tellOrder } from '../matching/in-match.ts';
import { isWorking, opensMore } from '../model.ts';
import type { Account, Order, OrderStatus } from '../model.ts';
import { nextSeq } from '../matching/next-seq.ts';
import { positionOf, touch } from '../money/positions.ts';
import { requeue } from './price-queues.ts';
import { updateTimeMs } from '../update-time.ts';
import { newId, nextNumber, requireAccount, requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

type Required = 'account' | 'symbol' | 'positionIdx' | 'side' | 'orderType' | 'qty' | 'origin';

/** An order with everything that `fields` does not say at its neutral value. It is not in any book yet. */
export function newOrder(venue: Venue, fields: Pick<Order, Required> & Partial<Order>): Order {
  const nowMs = venue.nowMs();
  return {
    orderId: newId(venue),
    number: nextNumber(venue),
    orderLinkId: '',
    parentOrderLinkId: '',
    createType: 'CreateByUser',
    stopOrderType: '',
    timeInForce: 'GTC',
    smpType: 'None',
    closeOnTrigger: false,
    reduceOnly: false,
    lastPriceOnCreated: requireInstrument(venue, fields.symbol).last,
    createdAtMs: nowMs,
    price: 0n,
    cumExecQty: 0n,
    cumExecValue: 0n,
    cumExecFee: 0n,
    closedPnl: 0n,
    triggerPrice: 0n,
    triggerDirection: 0,
    triggerBy: '',
    takeProfit: 0n,
    stopLoss: 0n,
    tpTriggerBy: '',
    slTriggerBy: '',
    tpslMode: '',
    tpOrderType: '',
    slOrderType: '',
    tpLimitPrice: 0n,
    slLimitPrice: 0n,
    slippage: undefined,
    closesAll: false,
    status: 'New',
    cancelType: 'UNKNOWN',
    rejectReason: 'EC_NoError',
    updatedAtMs: nowMs,
    triggeredAtMs: undefined,
    pairOrderId: undefined,
    parentOrderId: undefined,
    ...fields,
  };
}

/** order/realtime keeps so many ended orders per account (reference C.6). */
const CLOSED_BUFFER = 500;

/** Takes an order into the account's lists and, while it works, into the symbol's book. Tells nobody yet. */
export function register(venue: Venue, account: Account, order: Order): void {
  account.orders.set(order.orderId, order);
  account.orderIds.push(order.orderId);
  if (order.orderLinkId !== '') account.byLinkId.set(order.orderLinkId, order);
  account.open.add(order);
  positionOf(venue, account, order.symbol, order.positionIdx).orders.add(order);
  venue.working.get(order.symbol)?.add(order);
}

/** Gives a changed order its new time and sequence, keeps the books right and tells the listeners. */
export function announce(venue: Venue, order: Order): void {
  const account = requireAccount(venue, order.account);
  const instrument = requireInstrument(venue, order.symbol);
  order.updatedAtMs = updateTimeMs(venue);
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  keepBooks(venue, order);
  const seq = venue.matchSeq ?? nextSeq(instrument);
  tellOrder(venue, order, seq);
  position.seq = seq;
  touch(venue, position);
  if (opensMore(order)) venue.pending.wallets.add(account);
}

/** Puts an order where its status belongs, without telling anybody. */
export function keepBooks(venue: Venue, order: Order): void {
  const account = requireAccount(venue, order.account);
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  const queues = venue.queues.get(order.symbol);
  if (queues !== undefined) requeue(queues, order);
  if (isWorking(order)) {
    venue.working.get(order.symbol)?.add(order);
    return;
  }
  venue.working.get(order.symbol)?.delete(order);
  if (order.status === 'Triggered') return;
  account.open.delete(order);
  position.orders.delete(order);
  buffer(account, order);
}

function buffer({ closedBuffer }: Account, { orderId }: Order): void {
  closedBuffer.add(orderId);
  if (closedBuffer.size <= CLOSED_BUFFER) return;
  const [oldest] = closedBuffer;
  if (oldest !== undefined) closedBuffer.delete(oldest);
}

/** Ends an order that will not be filled any further. */
export function end(
  venue: Venue,
  order: Order,
  status: OrderStatus,
  why: { cancelType?: string; rejectReason?: string },
): void {
  order.status = status;
  order.cancelType = why.cancelType ?? 'UNKNOWN';
  order.rejectReason = why.rejectReason ?? 'EC_NoError';
  venue.triggered.delete(order);
  announce(venue, order);
}
