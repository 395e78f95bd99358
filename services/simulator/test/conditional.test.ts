import { describe, expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import type { OrderStatus } from '../src/engine/model.ts';
import { market, retCodeOf, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const d = decimal;

/** The states of an order in the order in which listeners hear of them. */
function statesOf({ engine }: Market, orderId: () => string): readonly OrderStatus[] {
  const states: OrderStatus[] = [];
  engine.onEvent((event) => {
    if (event.type === 'order' && event.order.orderId === orderId()) states.push(event.order.status);
  });
  return states;
}

describe('a conditional order', () => {
  test.each([
    ['LastPrice', { last: '104', mark: '100', index: '100' }],
    ['MarkPrice', { last: '100', mark: '104', index: '100' }],
    ['IndexPrice', { last: '100', mark: '100', index: '104' }],
  ] as const)('waits for its own source: %s', (triggerBy, { last, mark, index }) => {
    const { place, price } = market();
    const order = place({ side: 'Buy', triggerPrice: d('104'), triggerDirection: 1, triggerBy });
    price('103.9');
    expect(order.status).toBe('Untriggered');
    price(last, { mark, index });
    expect(order.status).toBe('Filled');
  });

  test('must wait on the far side of its source s price, also when it is amended', () => {
    const { place, price, engine, account } = market();
    price('100', { mark: '110' });
    const rising = { side: 'Buy', triggerPrice: d('105'), triggerDirection: 1 } as const;
    expect(retCodeOf(() => place({ ...rising, triggerBy: 'MarkPrice' }))).toBe(110092);
    expect(() => place({ ...rising, triggerBy: 'MarkPrice' })).toThrow(
      'expect Rising, but trigger_price[1050000] <= current[1100000]??MarkPrice',
    );
    const order = place(rising);
    const ref = { symbol: SYMBOL, orderId: order.orderId };
    expect(retCodeOf(() => engine.amendOrder(account, ref, { triggerBy: 'MarkPrice' }))).toBe(110092);
    expect(retCodeOf(() => engine.amendOrder(account, ref, { triggerPrice: d('99') }))).toBe(110092);
    engine.amendOrder(account, ref, { triggerBy: 'MarkPrice', triggerPrice: d('112') });
    price('106', { mark: '111' });
    expect(order).toMatchObject({ status: 'Untriggered', triggerBy: 'MarkPrice' });
  });

  test('shows Triggered before its next state, unless the option says otherwise', () => {
    const venue = market();
    const limit = venue.place({ side: 'Buy', price: d('90'), triggerPrice: d('105'), triggerDirection: 1 });
    const states = statesOf(venue, () => limit.orderId);
    venue.price('105');
    venue.price('90');
    expect(states).toEqual(['Triggered', 'New', 'Filled']);
    venue.engine.venue.options.showsTriggered = false;
    const other = venue.place({ side: 'Buy', triggerPrice: d('95'), triggerDirection: 1 });
    const otherStates = statesOf(venue, () => other.orderId);
    venue.price('95');
    expect(otherStates).toEqual(['Filled']);
  });

  test('a stop goes from Untriggered to Filled in one step, with its id and its protection price', () => {
    const venue = market();
    venue.place({ side: 'Buy', stopLoss: d('95') });
    const stop = venue.position().stopLoss;
    const created = stop?.createdAtMs;
    const states = statesOf(venue, () => stop?.orderId ?? '');
    venue.pass(1_000);
    venue.price('95');
    expect(states).toEqual(['Filled']);
    expect(stop).toMatchObject({ orderType: 'Market', createdAtMs: created, price: d('90.2') });
  });

  test.each(['Cancelled', 'Rejected'] as const)('whose margin is missing when it triggers ends as %s', (status) => {
    const { engine, place, price, position } = market();
    engine.venue.options.marginMissingStatus = status;
    const order = place({ side: 'Buy', qty: d('500'), triggerPrice: d('105'), triggerDirection: 1 });
    for (const qty of [...Array.from({ length: 9 }, () => '1000'), '900']) {
      place({ side: 'Buy', price: d('99'), qty: d(qty) });
    }
    price('106');
    expect(order).toMatchObject({ status, cumExecQty: 0n });
    expect(position().size).toBe(0n);
  });

  test('binds no margin and holds no reduce-only capacity while it waits', () => {
    const { place, position } = market();
    place({ side: 'Buy', qty: d('2') });
    const stop = { side: 'Sell', qty: d('2'), triggerPrice: d('90'), triggerDirection: 2, reduceOnly: true } as const;
    place(stop);
    place(stop);
    expect(place({ side: 'Sell', qty: d('2'), price: d('110'), reduceOnly: true }).qty).toBe(d('2'));
    expect(place({ side: 'Buy', qty: d('490'), triggerPrice: d('110'), triggerDirection: 1 }).status).toBe(
      'Untriggered',
    );
    expect(position().size).toBe(d('2'));
  });

  test('"0" closes what there is when it triggers, which may be more than at its creation', () => {
    const { place, price, position } = market();
    const close = place({
      side: 'Sell',
      qty: 0n,
      triggerPrice: d('95'),
      triggerDirection: 2,
      reduceOnly: true,
      closeOnTrigger: true,
    });
    place({ side: 'Buy', qty: d('2') });
    place({ side: 'Buy', qty: d('5') });
    price('95');
    expect(close).toMatchObject({ status: 'Filled', qty: d('7') });
    expect(position().size).toBe(0n);
  });

  test('with closeOnTrigger only closes, whether it says reduce-only or not', () => {
    const { place, price, position } = market();
    place({ side: 'Buy', qty: d('2') });
    const close = place({
      side: 'Sell',
      qty: d('5'),
      triggerPrice: d('95'),
      triggerDirection: 2,
      closeOnTrigger: true,
    });
    price('95');
    expect(close).toMatchObject({ status: 'Filled', qty: d('2'), reduceOnly: false });
    expect(position().size).toBe(0n);
  });

  test('brings its attached stop along when it fills', () => {
    const { place, price, position } = market();
    place({ side: 'Buy', triggerPrice: d('105'), triggerDirection: 1, stopLoss: d('102'), orderLinkId: 'c1' });
    price('106');
    expect(position().stopLoss).toMatchObject({ triggerPrice: d('102'), parentOrderLinkId: 'c1' });
  });
});

describe('limits per symbol', () => {
  test('500 active orders: the next is 110020, also when a split would pass it', () => {
    const { engine, place, account } = market();
    for (let count = 0; count < 499; count += 1) place({ side: 'Buy', price: d('90') });
    place({ side: 'Buy', qty: d('3') });
    engine.changeInstrument(SYMBOL, { maxOrderQty: d('2') });
    expect(retCodeOf(() => place({ side: 'Sell', price: d('110'), qty: d('3'), reduceOnly: true }))).toBe(110020);
    expect(retCodeOf(() => place({ side: 'Buy', price: d('90') }))).toBe(0);
    expect(retCodeOf(() => place({ side: 'Buy', price: d('90') }))).toBe(110020);
    expect(retCodeOf(() => place({ side: 'Buy', triggerPrice: d('110'), triggerDirection: 1 }))).toBe(0);
    expect(account.open.size).toBe(501);
  });

  test('a cancel-all ends 500 orders at most, a pick by the seed', () => {
    const { engine, place, account } = market();
    for (let count = 0; count < 500; count += 1) place({ side: 'Buy', price: d('90') });
    for (let count = 0; count < 10; count += 1) place({ side: 'Buy', triggerPrice: d('110'), triggerDirection: 1 });
    const all = { symbol: SYMBOL, orderFilter: '', onlyConditional: false } as const;
    expect(engine.cancelAllOrders(account, all)).toHaveLength(500);
    expect(account.open.size).toBe(10);
  });
});

describe('a contract that changes', () => {
  test('resting orders stay off the new grid, new ones and amends must be on it', () => {
    const { engine, account, place, price } = market();
    const order = place({ side: 'Buy', price: d('95.1'), qty: d('1.1') });
    engine.changeInstrument(SYMBOL, { tickSize: d('0.5'), qtyStep: d('1'), minOrderQty: d('1') });
    expect(retCodeOf(() => place({ side: 'Buy', price: d('95.1') }))).toBe(10001);
    expect(retCodeOf(() => place({ side: 'Buy', qty: d('1.1') }))).toBe(10001);
    const ref = { symbol: SYMBOL, orderId: order.orderId };
    expect(retCodeOf(() => engine.amendOrder(account, ref, { qty: d('2.5') }))).toBe(10001);
    price('95');
    expect(order).toMatchObject({ status: 'Filled', cumExecQty: d('1.1') });
  });

  test.each([
    ['Delivering', [110023, 0, 0, 0]],
    ['Settling', [110063, 110063, 110063, 0]],
    ['PreLaunch', [110074, 110074, 110074, 0]],
    ['Closed', [110074, 110074, 110074, 0]],
  ] as const)('%s: entries, exits and stops are taken or refused; cancels always work', (status, codes) => {
    const { engine, account, place } = market();
    place({ side: 'Buy', qty: d('3') });
    const { orderId } = place({ side: 'Buy', price: d('90') });
    engine.changeInstrument(SYMBOL, { status });
    const stop = { symbol: SYMBOL, positionIdx: 0, tpslMode: 'Full', stopLoss: d('95') } as const;
    const got = [
      () => place({ side: 'Buy', price: d('90') }),
      () => place({ side: 'Sell', price: d('110'), reduceOnly: true }),
      () => engine.setTradingStop(account, stop),
      () => engine.cancelOrder(account, { symbol: SYMBOL, orderId }),
    ].map(retCodeOf);
    expect(got).toEqual(codes);
  });

  test('positions keep their size when the step grows over it, and can be closed with "0"', () => {
    const { engine, place, position } = market();
    place({ side: 'Buy', qty: d('0.7') });
    engine.changeInstrument(SYMBOL, { qtyStep: d('1'), minOrderQty: d('1') });
    place({ side: 'Sell', qty: 0n, reduceOnly: true, closeOnTrigger: true });
    expect(show(position().size)).toBe('0');
  });
});
