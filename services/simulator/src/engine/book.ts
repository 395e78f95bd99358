import { isWorking } from './model.ts';
import type { Account, Instrument, Order, OrderStatus } from './model.ts';
import { positionOf, touch } from './positions.ts';
import { emit, newId, nextNumber, requireAccount, requireInstrument } from './venue.ts';
import type { Venue } from './venue.ts';

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
    status: 'New',
    cancelType: 'UNKNOWN',
    rejectReason: 'EC_NoError',
    updatedAtMs: nowMs,
    triggeredAtMs: undefined,
    pairOrderId: undefined,
    ...fields,
  };
}

/** Takes an order into the account's lists and, while it works, into the symbol's book. Tells nobody yet. */
export function register(venue: Venue, account: Account, order: Order): void {
  account.orders.set(order.orderId, order);
  if (order.orderLinkId !== '') account.byLinkId.set(order.orderLinkId, order);
  account.open.add(order);
  venue.working.get(order.symbol)?.add(order);
}

/** Gives a changed order its new time and sequence, keeps the books right and tells the listeners. */
export function announce(venue: Venue, order: Order): void {
  const account = requireAccount(venue, order.account);
  const instrument = requireInstrument(venue, order.symbol);
  order.updatedAtMs = venue.nowMs();
  if (isWorking(order)) venue.working.get(order.symbol)?.add(order);
  else venue.working.get(order.symbol)?.delete(order);
  if (!isWorking(order) && order.status !== 'Triggered') account.open.delete(order);
  const seq = venue.matchSeq ?? nextSeq(instrument);
  emit(venue, { type: 'order', account: order.account, seq, order: { ...order } });
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  position.seq = seq;
  touch(venue, position);
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

export function nextSeq(instrument: Instrument): number {
  instrument.seq += 1;
  return instrument.seq;
}
