import { decimal, formatOrderLinkId, type OrderRow, type OrderSpec, type TpSlState } from '@backstop/core';
import { byHand, done, orderOf, type Site } from './site.ts';

/** A take-profit under an id of ours, as an older version or a second copy of Backstop would have left it. */
export async function placeTakeProfit(
  { exchange, plan, ref, seat }: Site,
  leg: 't1' | 't2',
  change: Partial<OrderSpec>,
): Promise<void> {
  const { installation } = seat;
  const orderLinkId = formatOrderLinkId({ installation, planId: plan.id, leg, restoreEpoch: 0, generation: 1 });
  const place = { symbol: ref.symbol, positionIdx: ref.positionIdx, orderLinkId, side: 'Sell' } as const;
  const kind = { orderType: 'Limit', timeInForce: 'GTC', reduceOnly: true, closeOnTrigger: false } as const;
  const order = { ...place, ...kind, qty: decimal('5'), price: decimal('115'), ...change };
  await done(exchange.createOrders([order], byHand()));
}

export async function resize(site: Site, leg: string, qty: string): Promise<void> {
  const { symbol, orderId } = await orderOf(site, leg);
  await done(site.exchange.amendOrders([{ symbol, orderId, qty: decimal(qty) }], byHand()));
}

export async function cancel(site: Site, leg: string): Promise<void> {
  const { symbol, orderId } = await orderOf(site, leg);
  await done(site.exchange.cancelOrders([{ symbol, orderId }], byHand()));
}

/** The market reaches the first take-profit and falls back a little: 15 are left. */
export async function firstTakeProfitFills({ rig, ref }: Site): Promise<void> {
  await rig.venue.price(ref.symbol, '110');
  await rig.venue.price(ref.symbol, '105');
  await rig.seePrices();
}

export async function entryFills({ rig, ref }: Site): Promise<void> {
  await rig.venue.price(ref.symbol, '95');
  await rig.seePrices();
}

/** As if the stop had been seen standing for ten seconds: one that moves right after that may be an older row (S-12). */
export function stoodForAWhile({ settledStop }: TpSlState, nowMs: number): Partial<TpSlState> {
  return settledStop === undefined ? {} : { settledStop: { ...settledStop, sinceMs: nowMs - 10_000 } };
}

/** Moves the stop past Backstop, keeping its trigger. */
export async function moveStop({ exchange, ref: { symbol, positionIdx } }: Site, level: string): Promise<void> {
  const stop = { symbol, positionIdx, triggerPrice: decimal(level), triggerBy: 'LastPrice' } as const;
  await done(exchange.setStop(stop, byHand()));
}

/** Their owner takes these orders away. */
export async function takeAway({ exchange, ref }: Site, isTheirs: (row: OrderRow) => boolean): Promise<void> {
  const orders = await exchange.openOrders({ symbol: ref.symbol }, byHand());
  const theirs = orders.filter(isTheirs).map(({ symbol, orderId }) => ({ symbol, orderId }));
  await done(exchange.cancelOrders(theirs, byHand()));
}
