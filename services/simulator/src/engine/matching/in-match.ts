import { nextSeq } from './next-seq.ts';
import type { Instrument, Order, Position } from '../model.ts';
import { emit, isHeard } from '../venue.ts';
import type { Venue } from '../venue.ts';

/**
 * Runs one meeting of orders. Everything that it causes shares one sequence (reference D.4), and each order, wallet and
 * position that it changes is told of once, as it is at the end: the taker that fills over several levels shows `Filled`
 * and nothing before, and a closing order comes after the stops that it deactivates.
 */
export function inMatch<T>(venue: Venue, instrument: Instrument, run: () => T): T {
  if (venue.matchSeq !== undefined) return run();
  venue.matchSeq = nextSeq(instrument);
  try {
    return run();
  } finally {
    tellOrders(venue, venue.matchSeq);
    venue.matchSeq = undefined;
    tellAccounts(venue);
  }
}

/** Tells the listeners of one changed order: now, or with the match under way. */
export function tellOrder(venue: Venue, order: Order, seq: number): void {
  if (!isHeard(venue)) return;
  if (venue.matchSeq === undefined) {
    emit(venue, { type: 'order', account: order.account, seq, order: { ...order } });
    return;
  }
  venue.pending.orders.delete(order);
  venue.pending.orders.add(order);
}

/** Tells of the wallets and positions that changed since the last time. */
export function tellAccounts(venue: Venue): void {
  const { wallets, positions } = venue.pending;
  for (const account of wallets) {
    emit(venue, { type: 'wallet', account: account.name, walletBalance: account.walletBalance });
  }
  wallets.clear();
  for (const position of positions) {
    emit(venue, { type: 'position', account: position.account, position: copyOf(position) });
  }
  positions.clear();
}

function tellOrders(venue: Venue, seq: number): void {
  for (const order of venue.pending.orders) {
    emit(venue, { type: 'order', account: order.account, seq, order: { ...order } });
  }
  venue.pending.orders.clear();
}

function copyOf(position: Position): Readonly<Position> {
  const { trailing } = position;
  return {
    ...position,
    stopLoss: orderCopy(position.stopLoss),
    takeProfit: orderCopy(position.takeProfit),
    trailing: trailing && { ...trailing, order: orderCopy(trailing.order) },
  };
}

function orderCopy(order: Order | undefined): Order | undefined {
  return order && { ...order };
}
