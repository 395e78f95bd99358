import type { Action, BudgetLane, Leg } from '@backstop/core';

const PLACE = { symbol: 'ALICEUSDT', positionIdx: 0 } as const;

/** The least that makes an action of each kind; `name` tells it from others. */
export function setStop(level = 90n): Action {
  const stop = { ...PLACE, triggerPrice: level, triggerBy: 'LastPrice' } as const;
  return { type: 'set-stop', reason: 'no stop', budget: 'protective', absolute: true, stop };
}

export function create(leg: Leg, budget: BudgetLane = 'entry', orderLinkId = `link-${leg}`): Action {
  const order = {
    ...PLACE,
    orderLinkId,
    side: 'Buy',
    orderType: 'Limit',
    qty: 1n,
    price: 95n,
    timeInForce: 'GTC',
    reduceOnly: false,
    closeOnTrigger: false,
  } as const;
  return { type: 'create', reason: 'missing', budget, absolute: true, leg, order };
}

export function exit(): Action {
  return create('x', 'protective');
}

export function amend(leg: Leg, budget: BudgetLane = 'take-profit'): Action {
  return {
    type: 'amend',
    reason: 'size',
    budget,
    absolute: false,
    leg,
    amend: { symbol: PLACE.symbol, orderId: leg, qty: 2n },
  };
}

export function cancel(leg: Leg, budget: BudgetLane = 'protective'): Action {
  return {
    type: 'cancel',
    reason: 'filled',
    budget,
    absolute: true,
    leg,
    cancel: { symbol: PLACE.symbol, orderId: leg },
  };
}
