import { describe, expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import type { Order } from '../src/engine/model.ts';
import type { TradingStop } from '../src/engine/stops/trading-stop.ts';
import { market, retCodeOf, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const d = decimal;

function setStop({ engine, account }: Market, fields: Partial<TradingStop>): number {
  return retCodeOf(() =>
    engine.setTradingStop(account, { symbol: SYMBOL, positionIdx: 0, tpslMode: 'Partial', ...fields }),
  );
}

const PAIR = { stopLoss: d('95'), takeProfit: d('105'), slSize: d('1'), tpSize: d('1') } as const;

/** The position's waiting stops: kind, trigger, quantity. */
function stops({ position }: Market): readonly string[] {
  return waiting(position().orders).map(
    ({ stopOrderType, triggerPrice, qty }) => `${stopOrderType} ${show(triggerPrice)} x${show(qty)}`,
  );
}

function waiting(orders: Iterable<Order>): readonly Order[] {
  return [...orders].filter(({ status, stopOrderType }) => status === 'Untriggered' && stopOrderType !== 'Stop');
}

function stopOf({ position }: Market, kind: string): Order {
  const order = waiting(position().orders).find(({ stopOrderType }) => stopOrderType === kind);
  if (order === undefined) throw new Error(`no ${kind}`);
  return order;
}

function openLong(size: string): Market {
  const venue = market();
  venue.place({ side: 'Buy', qty: d(size) });
  return venue;
}

describe('Partial stops set on a position', () => {
  test('each call adds a pair and touches no other; the position row shows none of them', () => {
    const venue = openLong('5');
    expect(setStop(venue, PAIR)).toBe(0);
    expect(setStop(venue, PAIR)).toBe(0);
    expect(stops(venue)).toEqual([
      'PartialStopLoss 95 x1',
      'PartialTakeProfit 105 x1',
      'PartialStopLoss 95 x1',
      'PartialTakeProfit 105 x1',
    ]);
    expect(venue.position()).toMatchObject({ stopLoss: undefined, takeProfit: undefined });
    expect(stopOf(venue, 'PartialStopLoss')).toMatchObject({
      createType: 'CreateByPartialStopLoss',
      orderLinkId: '',
      reduceOnly: true,
      closeOnTrigger: true,
      orderType: 'Market',
      timeInForce: 'IOC',
    });
  });

  test.each([
    ['without a size', { slSize: undefined, tpSize: undefined }, 10001],
    ['with one size', { slSize: undefined }, 10001],
    ['with sizes that differ', { slSize: d('2') }, 10001],
    ['with more than the position', { slSize: d('6'), tpSize: d('6') }, 10001],
    ['with a level on the wrong side', { stopLoss: d('101') }, 10001],
    ['with nothing but zeros', { stopLoss: 0n, takeProfit: 0n }, 10001],
    ['with a Limit leg that has no price', { tpOrderType: 'Limit' as const }, 10001],
    ['with Market legs', { tpOrderType: 'Market' as const, slOrderType: 'Market' as const }, 0],
  ])('%s', (_name, fields, retCode) => {
    expect(setStop(openLong('5'), { ...PAIR, ...fields })).toBe(retCode);
  });

  test('a Limit leg in Full mode is refused', () => {
    const fields = { tpslMode: 'Full', takeProfit: d('105'), tpOrderType: 'Limit', tpLimitPrice: d('104') } as const;
    expect(setStop(openLong('5'), fields)).toBe(10001);
  });

  test('a Limit leg rests in the book once it has triggered and fills as maker at its own price', () => {
    const venue = openLong('5');
    setStop(venue, { takeProfit: d('105'), tpSize: d('2'), tpOrderType: 'Limit', tpLimitPrice: d('106') });
    const leg = stopOf(venue, 'PartialTakeProfit');
    expect(leg).toMatchObject({ orderType: 'Limit', price: d('106'), timeInForce: 'GTC' });
    venue.price('105.5');
    expect(leg).toMatchObject({ status: 'New', cumExecQty: 0n });
    venue.price('106');
    expect(leg.status).toBe('Filled');
    expect(venue.account.executions.at(-1)).toMatchObject({ execPrice: d('106'), isMaker: true, closedSize: d('2') });
  });

  test('a triggered Limit leg takes what the market offers within its price', () => {
    const venue = openLong('5');
    setStop(venue, { stopLoss: d('95'), slSize: d('5'), slOrderType: 'Limit', slLimitPrice: d('94') });
    const leg = stopOf(venue, 'PartialStopLoss');
    venue.price('90');
    expect(leg).toMatchObject({ status: 'New', price: d('94') });
    expect(venue.position().size).toBe(d('5'));
    venue.price('94');
    expect(leg.status).toBe('Filled');
  });

  test('a stop never covers more than the position, and all go when it closes', () => {
    const venue = openLong('5');
    setStop(venue, { stopLoss: d('95'), slSize: d('4') });
    const stop = stopOf(venue, 'PartialStopLoss');
    venue.place({ side: 'Sell', qty: d('3'), reduceOnly: true });
    expect(show(stop.qty)).toBe('2');
    venue.place({ side: 'Sell', qty: d('2'), reduceOnly: true });
    expect(stop).toMatchObject({ status: 'Deactivated', cancelType: 'CancelByTpSlTsClear' });
  });
});

test('twenty stops are the limit, for single ones too, and an entry s pair beyond it is left out', () => {
  const venue = openLong('50');
  for (let count = 0; count < 19; count += 1) expect(setStop(venue, { stopLoss: d('95'), slSize: d('1') })).toBe(0);
  expect(setStop(venue, PAIR)).toBe(110061);
  venue.place({ side: 'Buy', tpslMode: 'Partial', stopLoss: d('90'), takeProfit: d('110') });
  expect(stops(venue)).toHaveLength(19);
  expect(setStop(venue, { takeProfit: d('105'), tpSize: d('1') })).toBe(0);
  expect(setStop(venue, { takeProfit: d('105'), tpSize: d('1') })).toBe(110061);
});

test('in hedge mode both positions of a symbol share the limit', () => {
  const venue = market({ mode: 'hedge' });
  venue.place({ side: 'Buy', qty: d('5'), positionIdx: 1 });
  venue.place({ side: 'Sell', qty: d('5'), positionIdx: 2 });
  const long = { positionIdx: 1, takeProfit: d('105'), tpSize: d('1') } as const;
  for (let count = 0; count < 20; count += 1) expect(setStop(venue, long)).toBe(0);
  expect(setStop(venue, { positionIdx: 2, takeProfit: d('95'), tpSize: d('1') })).toBe(110061);
});

describe('pairs', () => {
  test.each([
    ['oco', 'CancelByOCOSlCanceledByTpTriggered'],
    ['clear', 'CancelByTpSlTsClear'],
  ] as const)('one half that triggers ends the other (%s)', (pairCancelType, cancelType) => {
    const venue = openLong('5');
    venue.engine.venue.options.pairCancelType = pairCancelType;
    setStop(venue, PAIR);
    const stop = stopOf(venue, 'PartialStopLoss');
    venue.price('105');
    expect(stop).toMatchObject({ status: 'Deactivated', cancelType });
    expect(show(venue.position().size)).toBe('4');
  });

  test('cancelling one half cancels both', () => {
    const venue = openLong('5');
    setStop(venue, PAIR);
    const { orderId } = stopOf(venue, 'PartialTakeProfit');
    venue.engine.cancelOrder(venue.account, { symbol: SYMBOL, orderId });
    expect(stops(venue)).toEqual([]);
  });

  test('an amended half keeps its id and goes its own way', () => {
    const venue = openLong('5');
    setStop(venue, PAIR);
    const profit = stopOf(venue, 'PartialTakeProfit');
    const ref = { symbol: SYMBOL, orderId: profit.orderId };
    expect(venue.engine.amendOrder(venue.account, ref, { triggerPrice: d('106'), qty: d('9') })).toBe(profit);
    expect(stops(venue)).toEqual(['PartialStopLoss 95 x1', 'PartialTakeProfit 106 x5']);
    venue.engine.cancelOrder(venue.account, ref);
    expect(stops(venue)).toEqual(['PartialStopLoss 95 x1']);
    expect(retCodeOf(() => venue.engine.amendOrder(venue.account, ref, { triggerPrice: d('107') }))).toBe(110001);
  });

  test('in Full mode a stop and a take-profit set together are a pair until one is edited alone', () => {
    const venue = openLong('5');
    const cancelProfit = (): void => {
      const orderId = venue.position().takeProfit?.orderId;
      venue.engine.cancelOrder(venue.account, { symbol: SYMBOL, orderId });
    };
    const both = { tpslMode: 'Full', stopLoss: d('95'), takeProfit: d('105') } as const;
    setStop(venue, both);
    cancelProfit();
    expect(venue.position()).toMatchObject({ stopLoss: undefined, takeProfit: undefined });
    expect(venue.engine.venue.truth.wrongCancels).toMatchObject([{ kind: 'stop-of-open-position' }]);
    setStop(venue, both);
    setStop(venue, { tpslMode: 'Full', stopLoss: d('96') });
    cancelProfit();
    expect(stops(venue)).toEqual(['StopLoss 96 x5']);
  });
});

describe('Partial stops attached to an entry', () => {
  const entry = {
    side: 'Buy',
    orderLinkId: 'e1',
    tpslMode: 'Partial',
    stopLoss: d('90'),
    takeProfit: d('110'),
  } as const;

  test('they come with the fill, as a pair of the filled quantity that names its parent', () => {
    const venue = market();
    venue.place({ ...entry, price: d('95'), qty: d('3') });
    expect(stops(venue)).toEqual([]);
    venue.price('95');
    expect(stops(venue)).toEqual(['PartialStopLoss 90 x3', 'PartialTakeProfit 110 x3']);
    const [stop, profit] = waiting(venue.position().orders);
    expect(stop).toMatchObject({ parentOrderLinkId: 'e1', orderLinkId: '', pairOrderId: profit?.orderId });
    venue.engine.amendOrder(venue.account, { symbol: SYMBOL, orderId: stop?.orderId }, { triggerPrice: d('91') });
    expect(stop).toMatchObject({ triggerPrice: d('91'), parentOrderLinkId: 'e1' });
  });

  test('a further fill of the same entry lets its pair grow; another entry has a pair of its own', () => {
    const venue = market();
    venue.engine.venue.options.depthNotional = d('100');
    const order = venue.place({ ...entry, price: d('95'), qty: d('10') });
    while (order.status !== 'Filled') {
      venue.price('95');
      const quantities = waiting(venue.position().orders).map(({ qty }) => qty);
      expect(quantities).toEqual([order.cumExecQty, order.cumExecQty]);
    }
    venue.place({ ...entry, orderLinkId: 'e2', qty: d('0.5') });
    expect(stops(venue)).toHaveLength(4);
  });

  test('legs with limit prices keep them, also when they are amended before the fill', () => {
    const venue = market();
    const legs = { tpOrderType: 'Limit', tpLimitPrice: d('111'), slOrderType: 'Limit', slLimitPrice: d('89') } as const;
    const order = venue.place({ ...entry, ...legs, price: d('95') });
    const ref = { symbol: SYMBOL, orderId: order.orderId };
    venue.engine.amendOrder(venue.account, ref, { takeProfit: d('112'), tpLimitPrice: d('113') });
    expect(order).toMatchObject({ takeProfit: d('112'), tpLimitPrice: d('113'), slLimitPrice: d('89') });
    venue.price('95');
    expect(stopOf(venue, 'PartialTakeProfit')).toMatchObject({ orderType: 'Limit', price: d('113') });
    expect(stopOf(venue, 'PartialStopLoss')).toMatchObject({ orderType: 'Limit', price: d('89') });
  });

  test('a kind of leg needs a mode, and a Limit leg needs Partial mode and a price', () => {
    const venue = market();
    const refused = (fields: object): number => retCodeOf(() => venue.place({ ...entry, orderLinkId: '', ...fields }));
    expect(refused({ tpslMode: '', slOrderType: 'Market' })).toBe(10001);
    expect(refused({ tpslMode: 'Full', slOrderType: 'Limit', slLimitPrice: d('89') })).toBe(10001);
    expect(refused({ slOrderType: 'Limit' })).toBe(10001);
    expect(refused({ slOrderType: 'Market' })).toBe(0);
  });
});
