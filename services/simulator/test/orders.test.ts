import { describe, expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import { market, retCodeOf, request, SYMBOL } from './market.ts';

const d = decimal;

describe('meeting the market', () => {
  test('a market buy takes the last price, a market sell the bid one tick below, both as taker', () => {
    const { place, account } = market();
    const [buy, sell] = [place({ side: 'Buy', qty: d('2') }), place({ side: 'Sell' })];
    expect(show(buy.cumExecValue)).toBe('200');
    expect(show(sell.cumExecValue)).toBe('99.9');
    expect(account.executions.map(({ isMaker, execFee }) => [isMaker, show(execFee)])).toEqual([
      [false, '0.11'],
      [false, '0.054945'],
    ]);
  });

  test('a market order shows the protection price and dies when the market is beyond it', () => {
    const { place, price } = market();
    expect(show(place({ side: 'Buy' }).price)).toBe('105');
    price('100', { mark: '90' });
    expect(place({ side: 'Buy' })).toMatchObject({ status: 'Cancelled', rejectReason: 'EC_NoImmediateQtyToFill' });
  });

  test('a limit order rests until the last price reaches it and fills at its own price as maker', () => {
    const { place, price, account } = market();
    const order = place({ side: 'Buy', price: d('95') });
    price('95.1');
    expect(order.status).toBe('New');
    price('94');
    expect(order.status).toBe('Filled');
    expect(account.executions[0]).toMatchObject({ execPrice: d('95'), isMaker: true, feeRate: d('0.0002') });
  });

  test('a marketable limit order fills at the better market price', () => {
    const { place } = market();
    const order = place({ side: 'Buy', price: d('103') });
    expect(order).toMatchObject({ status: 'Filled', cumExecValue: d('100') });
  });

  test.each([
    ['PostOnly', '101', 'EC_PostOnlyWillTakeLiquidity'],
    ['IOC', '99', 'EC_NoImmediateQtyToFill'],
    ['FOK', '99', 'EC_NoEnoughQtyToFill'],
  ] as const)('%s is accepted and ends at once when it may not do what it must', (timeInForce, price, rejectReason) => {
    const { place, position } = market();
    expect(place({ side: 'Buy', price: d(price), timeInForce })).toMatchObject({ status: 'Cancelled', rejectReason });
    expect(position().size).toBe(0n);
  });

  test('limited depth fills an order in several executions, a taker at worse and worse prices', () => {
    const { engine, place, price, account } = market();
    engine.venue.options.depthNotional = d('1000');
    const taker = place({ side: 'Buy', qty: d('25') });
    expect(taker.status).toBe('Filled');
    expect(account.executions.map(({ execPrice, execQty }) => [show(execPrice), show(execQty)])).toEqual([
      ['100', '10'],
      ['100.1', '9.9'],
      ['100.2', '5.1'],
    ]);
    const maker = place({ side: 'Sell', price: d('101'), qty: d('25'), reduceOnly: true });
    price('101');
    expect(maker.status).toBe('PartiallyFilled');
    for (let step = 0; step < 20; step += 1) price('101');
    expect(maker.status).toBe('Filled');
  });

  test('of equal prices the older order fills first, and one that was cancelled or moved away does not', () => {
    const { engine, account, place, price } = market();
    for (const orderLinkId of ['a', 'b', 'c', 'd']) place({ side: 'Buy', price: d('95'), orderLinkId });
    engine.cancelOrder(account, { symbol: SYMBOL, orderLinkId: 'b' });
    engine.amendOrder(account, { symbol: SYMBOL, orderLinkId: 'a' }, { price: d('94') });
    price('95');
    expect(account.executions.map(({ orderLinkId }) => orderLinkId)).toEqual(['c', 'd']);
    price('94');
    expect(account.executions.at(-1)?.orderLinkId).toBe('a');
  });

  test('a price that jumps reaches orders in the order of its way', () => {
    const { place, price, account } = market();
    place({ side: 'Buy', price: d('92'), orderLinkId: 'far' });
    place({ side: 'Buy', price: d('97'), orderLinkId: 'near', stopLoss: d('94') });
    price('90');
    expect(account.executions.map(({ orderLinkId, stopOrderType }) => orderLinkId || stopOrderType)).toEqual([
      'near',
      'StopLoss',
      'far',
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    ['a quantity off the step', { qty: d('1.05') }, 10001],
    ['a quantity under the minimum', { qty: 0n }, 10001],
    ['a quantity over the maximum for market orders', { qty: d('500.1') }, 10001],
    ['a price off the tick', { price: d('99.95') }, 10001],
    ['a limit order without a price', { orderType: 'Limit' as const }, 10001],
    ['an unknown symbol', { symbol: 'NOPEUSDT' }, 10001],
    ['a hedge position in one-way mode', { positionIdx: 1 as const }, 10001],
    ['less than the least value', { price: d('40'), qty: d('0.1') }, 110094],
    ['more than the balance carries', { price: d('99'), qty: d('1000') }, 0],
    ['a reduce-only order on nothing', { reduceOnly: true }, 110017],
    ['a stop loss above a buy', { stopLoss: d('100') }, 10001],
    ['a stop loss above the price of a resting buy', { price: d('90'), stopLoss: d('95') }, 10001],
    ['a take profit below a buy', { takeProfit: d('99') }, 10001],
    ['a rising trigger that is passed', { triggerPrice: d('99'), triggerDirection: 1 as const }, 110092],
    ['a falling trigger that is passed', { triggerPrice: d('101'), triggerDirection: 2 as const }, 110093],
    ['a trigger without a direction', { triggerPrice: d('99') }, 10001],
  ])('%s', (_name, fields, retCode) => {
    const { place } = market();
    expect(retCodeOf(() => place({ side: 'Buy', ...fields }))).toBe(retCode);
  });

  test('an order that the balance bears without its fees only is refused with 110007 and binds nothing', () => {
    const { place, account } = market();
    for (let order = 0; order < 9; order += 1) place({ side: 'Buy', price: d('99'), qty: d('1000') });
    expect(retCodeOf(() => place({ side: 'Buy', price: d('99'), qty: d('1000') }))).toBe(110007);
    expect(account.open.size).toBe(9);
  });

  test('an orderLinkId is used up for ever by an accepted order, and not by a refused one', () => {
    const { engine, place, account } = market();
    expect(retCodeOf(() => place({ side: 'Buy', qty: 0n, orderLinkId: 'x' }))).toBe(10001);
    const order = place({ side: 'Buy', price: d('90'), orderLinkId: 'x' });
    engine.cancelOrder(account, { symbol: SYMBOL, orderId: order.orderId });
    expect(retCodeOf(() => place({ side: 'Buy', price: d('90'), orderLinkId: 'x' }))).toBe(110072);
    expect(engine.venue.truth.duplicateLinkIds).toBe(1);
  });

  test('the eleventh conditional order on a symbol is refused with 110009', () => {
    const { place } = market();
    const conditional = { side: 'Buy', triggerPrice: d('110'), triggerDirection: 1 } as const;
    for (let order = 0; order < 10; order += 1) place(conditional);
    expect(retCodeOf(() => place(conditional))).toBe(110009);
  });
});

describe('amend and cancel', () => {
  test('an amend keeps the order and its id, and takes when its new price crosses', () => {
    const { engine, place, account } = market();
    const order = place({ side: 'Buy', price: d('90') });
    const ref = { symbol: SYMBOL, orderId: order.orderId };
    expect(engine.amendOrder(account, ref, { price: d('91'), qty: d('2') })).toBe(order);
    expect(order).toMatchObject({ status: 'New', price: d('91'), qty: d('2') });
    engine.amendOrder(account, ref, { price: d('101') });
    expect(order).toMatchObject({ status: 'Filled', cumExecValue: d('200') });
    expect(retCodeOf(() => engine.amendOrder(account, ref, { price: d('90') }))).toBe(110001);
    expect(retCodeOf(() => engine.cancelOrder(account, ref))).toBe(110001);
  });

  test('what an amend may not do: nothing at all, shrink to the filled part, touch the levels of a partly filled order', () => {
    const { engine, place, price, account } = market();
    engine.venue.options.depthNotional = d('300');
    const order = place({ side: 'Buy', price: d('95'), qty: d('10'), stopLoss: d('90') });
    const ref = { symbol: SYMBOL, orderId: order.orderId };
    expect(retCodeOf(() => engine.amendOrder(account, ref, { price: d('95') }))).toBe(10001);
    engine.amendOrder(account, ref, { stopLoss: d('91') });
    price('95');
    expect(order.status).toBe('PartiallyFilled');
    expect(retCodeOf(() => engine.amendOrder(account, ref, { qty: order.cumExecQty }))).toBe(110064);
    expect(retCodeOf(() => engine.amendOrder(account, ref, { stopLoss: d('92') }))).toBe(110059);
  });

  test('cancel-all takes the kinds that its filter names', () => {
    const { engine, place, account, position } = market();
    place({ side: 'Buy', stopLoss: d('90') });
    place({ side: 'Buy', price: d('95') });
    place({ side: 'Sell', triggerPrice: d('80'), triggerDirection: 2 });
    const all = { symbol: SYMBOL, orderFilter: '', onlyConditional: false } as const;
    expect(engine.cancelAllOrders(account, { ...all, orderFilter: 'Order' })).toHaveLength(1);
    expect(engine.cancelAllOrders(account, { ...all, orderFilter: 'StopOrder', onlyConditional: true })).toHaveLength(
      1,
    );
    expect(position().stopLoss).toBeDefined();
    expect(engine.cancelAllOrders(account, all)).toHaveLength(1);
    expect(position().stopLoss).toBeUndefined();
  });

  test('events of one command share a frame that ends', () => {
    const { engine, account } = market();
    const seen: string[] = [];
    engine.onEvent(({ frame, type }) => void seen.push(`${frame - engine.venue.frame} ${type}`));
    engine.placeOrder(account, request({ side: 'Buy', stopLoss: d('90') }));
    expect(seen[0]).toBe('0 execution');
    expect(seen.at(-1)).toBe('0 end');
    expect(new Set(seen.map((line) => line.split(' ')[1]))).toEqual(
      new Set(['execution', 'order', 'position', 'wallet', 'end']),
    );
  });
});
