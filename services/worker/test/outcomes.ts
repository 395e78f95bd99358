import { decimal, type Action, type Leg } from '@backstop/core';

const PLACE = { symbol: 'ALICEUSDT', positionIdx: 0 } as const;

export function setStop(level = '0.429'): Action {
  const stop = { ...PLACE, triggerPrice: decimal(level), triggerBy: 'LastPrice' } as const;
  return { type: 'set-stop', reason: 'no stop', budget: 'protective', absolute: true, stop };
}

/** Arms a trailing stop beside a stop that stands. */
export function setTrailing(): Action {
  const trailing = { distance: decimal('0.01') };
  const stop = { ...PLACE, triggerPrice: decimal('0.429'), triggerBy: 'LastPrice', trailing } as const;
  return { type: 'set-stop', reason: 'arms the trailing stop', budget: 'protective', absolute: false, stop };
}

/** A limit order, or without a price a market order. */
export function create(leg: Leg, price?: string, qty = '1250.5'): Action {
  const order = {
    ...PLACE,
    orderLinkId: `link-${leg}`,
    side: 'Buy',
    orderType: price === undefined ? 'Market' : 'Limit',
    qty: decimal(qty),
    timeInForce: 'GTC',
    reduceOnly: false,
    closeOnTrigger: false,
    ...(price !== undefined && { price: decimal(price) }),
  } as const;
  return { type: 'create', reason: 'not entered yet', budget: 'entry', absolute: true, leg, order };
}

export function amend(
  leg: Leg,
  change: { readonly qty?: bigint; readonly price?: bigint; readonly stopLoss?: bigint },
): Action {
  const order = { symbol: PLACE.symbol, orderId: 'order-1', ...change };
  return { type: 'amend', reason: 'the size changed', budget: 'take-profit', absolute: false, leg, amend: order };
}

export function cancel(leg: Leg): Action {
  const order = { symbol: PLACE.symbol, orderId: 'order-1' };
  return { type: 'cancel', reason: 't1 is filled', budget: 'protective', absolute: true, leg, cancel: order };
}
