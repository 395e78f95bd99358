import { expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import { market, retCodeOf, SYMBOL } from './market.ts';

const d = decimal;

test('resting reduce-only orders together never exceed the position: the last is cut, the next refused', () => {
  const { place } = market();
  place({ side: 'Buy', qty: d('10') });
  const profits = ['110', '111'].map((price) =>
    place({ side: 'Sell', price: d(price), qty: d('6'), reduceOnly: true }),
  );
  expect(profits.map(({ qty }) => show(qty))).toEqual(['6', '4']);
  expect(retCodeOf(() => place({ side: 'Sell', price: d('112'), reduceOnly: true }))).toBe(110017);
});

test.each([
  ['worst-price', ['0', '2', '0']],
  ['newest', ['2', '0', '0']],
  ['oldest', ['0', '0', '2']],
] as const)('when the position shrinks, %s orders give way', (trimFirst, leaves) => {
  const { engine, place } = market();
  engine.venue.options.trimFirst = trimFirst;
  place({ side: 'Buy', qty: d('9') });
  const profits = ['112', '110', '111'].map((price) =>
    place({ side: 'Sell', price: d(price), qty: d('3'), reduceOnly: true }),
  );
  place({ side: 'Sell', qty: d('7') });
  expect(profits.map((order) => show(order.status === 'New' ? order.qty : 0n))).toEqual(leaves);
  expect(profits.filter(({ cancelType }) => cancelType === 'CancelByReduceOnly')).toHaveLength(2);
});

test('a closing market order is not limited by take-profits, unless that option is on', () => {
  const { engine, place, position } = market();
  place({ side: 'Buy', qty: d('10') });
  place({ side: 'Sell', price: d('110'), qty: d('10'), reduceOnly: true });
  engine.venue.options.closeOnTriggerNeedsCapacity = true;
  const close = { side: 'Sell', qty: 0n, reduceOnly: true, closeOnTrigger: true } as const;
  expect(retCodeOf(() => place(close))).toBe(110017);
  engine.venue.options.closeOnTriggerNeedsCapacity = false;
  expect(place(close)).toMatchObject({ status: 'Filled', qty: d('10') });
  expect(position().size).toBe(0n);
});

test('a reduce-only order larger than the position closes it and does not flip it', () => {
  const { place, position } = market();
  place({ side: 'Sell', qty: d('3') });
  expect(place({ side: 'Buy', qty: d('5'), reduceOnly: true })).toMatchObject({ status: 'Filled', qty: d('3') });
  expect(position()).toMatchObject({ side: '', size: 0n });
});

test('an amend of a reduce-only order stops at what the position leaves free', () => {
  const { engine, account, place } = market();
  place({ side: 'Buy', qty: d('10') });
  const order = place({ side: 'Sell', price: d('110'), qty: d('2'), reduceOnly: true });
  place({ side: 'Sell', price: d('111'), qty: d('3'), reduceOnly: true });
  engine.amendOrder(account, { symbol: SYMBOL, orderId: order.orderId }, { qty: d('9') });
  expect(order.qty).toBe(d('7'));
});

test('a larger opposite order flips a one-way position: a new epoch with its own stop, the old exits gone', () => {
  const { engine, place, position, account } = market();
  place({ side: 'Buy', qty: d('2'), stopLoss: d('90') });
  const profit = place({ side: 'Sell', price: d('110'), qty: d('2'), reduceOnly: true });
  place({ side: 'Sell', qty: d('5'), stopLoss: d('105') });
  expect(position()).toMatchObject({ side: 'Sell', size: d('3') });
  expect(account.executions.at(-1)).toMatchObject({ execQty: d('5'), closedSize: d('2') });
  expect(profit.cancelType).toBe('CancelByReduceOnly');
  expect(position().stopLoss).toMatchObject({ side: 'Buy', qty: d('3'), triggerPrice: d('105') });
  expect(engine.venue.truth.epochs.map(({ side, closeReason }) => [side, closeReason])).toEqual([
    ['Buy', 'Flip'],
    ['Sell', undefined],
  ]);
});

test('in hedge mode both positions live side by side and an opposite order can only reduce', () => {
  const { place, position } = market({ mode: 'hedge' });
  place({ side: 'Buy', qty: d('2'), positionIdx: 1 });
  place({ side: 'Sell', qty: d('3'), positionIdx: 2 });
  const order = place({ side: 'Sell', price: d('110'), qty: d('9'), positionIdx: 1 });
  expect(order).toMatchObject({ reduceOnly: true, qty: d('2') });
  expect([position(1), position(2)]).toMatchObject([
    { side: 'Buy', size: d('2') },
    { side: 'Sell', size: d('3') },
  ]);
  expect(retCodeOf(() => place({ side: 'Buy' }))).toBe(10001);
});

test('the wallet changes by profit minus fees, and closedPnl of an order is net of both fees', () => {
  const { place, price, account, position } = market();
  place({ side: 'Buy', qty: d('1') });
  place({ side: 'Buy', qty: d('1'), price: d('90') });
  price('90');
  expect(show(position().entryValue)).toBe('190');
  const profit = place({ side: 'Sell', qty: d('1'), price: d('110'), reduceOnly: true });
  price('110');
  // 110 - 95, less half of the opening fees 0.055 + 0.018, less the closing fee 0.022
  expect(show(profit.closedPnl)).toBe('14.9415');
  expect(show(account.walletBalance)).toBe('100014.905');
  expect(show(position().curRealisedPnl)).toBe('14.905');
});
