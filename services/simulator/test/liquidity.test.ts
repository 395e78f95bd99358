import { describe, expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import { market, retCodeOf, SYMBOL } from './market.ts';

const d = decimal;

describe('what a taker gets', () => {
  test('a closing market order over thin depth sweeps the bids down to its protection price; the rest is cancelled', () => {
    const { engine, place, position, account } = market();
    place({ side: 'Buy', qty: d('400') });
    engine.venue.options.depthNotional = d('500');
    const close = place({ side: 'Sell', qty: 0n, reduceOnly: true, closeOnTrigger: true });
    expect(close).toMatchObject({
      status: 'Cancelled',
      cancelType: 'UNKNOWN',
      rejectReason: 'EC_NoImmediateQtyToFill',
      price: d('95'),
    });
    const sells = account.executions.filter(({ side }) => side === 'Sell');
    expect(show(sells.at(0)?.execPrice ?? 0n)).toBe('99.9');
    expect(show(sells.at(-1)?.execPrice ?? 0n)).toBe('95');
    expect(position().size).toBe(d('400') - close.cumExecQty);
  });

  test('a gap beyond the protection price of a stop leaves the position open and bare, and the truth says so', () => {
    const { engine, place, position, price, pass } = market();
    place({ side: 'Buy', stopLoss: d('95') });
    const { stopLoss } = position();
    price('80', { mark: '90' });
    expect(stopLoss).toMatchObject({
      status: 'Cancelled',
      rejectReason: 'EC_NoImmediateQtyToFill',
      price: d('85.5'),
      cumExecQty: 0n,
    });
    expect(position()).toMatchObject({ size: d('1'), stopLoss: undefined });
    pass(250);
    place({ side: 'Sell', price: d('79'), reduceOnly: true });
    expect(engine.venue.truth.epochs).toMatchObject([{ unprotectedMs: 250 }]);
  });

  test('the base of the protection price may be the last price', () => {
    const { engine, place, price } = market();
    price('80', { mark: '90' });
    engine.venue.options.protectionBase = 'last';
    expect(place({ side: 'Sell' })).toMatchObject({ status: 'Filled', price: d('76') });
  });

  test('a FOK order fills whole or not at all, also when later levels hold less than the first', () => {
    const { engine, place } = market();
    engine.venue.options.depthNotional = d('1000');
    const fok = { side: 'Buy', price: d('100.2'), timeInForce: 'FOK' } as const;
    // 10 at 100, 9.9 at 100.1 and 9.9 at 100.2
    expect(place({ ...fok, qty: d('29.9') })).toMatchObject({ status: 'Cancelled', cumExecQty: 0n });
    expect(place({ ...fok, qty: d('29.8') })).toMatchObject({ status: 'Filled', cumExecQty: d('29.8') });
  });

  test('an IOC limit order takes what is there and cancels the rest; a GTC one lets it rest', () => {
    const { engine, place } = market();
    engine.venue.options.depthNotional = d('1000');
    const ioc = place({ side: 'Buy', price: d('100'), qty: d('15'), timeInForce: 'IOC' });
    expect(ioc).toMatchObject({ status: 'Cancelled', cumExecQty: d('10'), rejectReason: 'EC_NoImmediateQtyToFill' });
    const gtc = place({ side: 'Buy', price: d('100'), qty: d('15') });
    expect(gtc).toMatchObject({ status: 'PartiallyFilled', cumExecQty: d('10') });
  });

  test.each([
    ['ticks', { type: 'TickSize', tolerance: d('3') }, '100.3', '24.1'],
    ['percent', { type: 'Percent', tolerance: d('0.25') }, '100.2', '18.1'],
    ['more than the protection price allows', { type: 'Percent', tolerance: d('9.99') }, '105', '30'],
  ] as const)('a market order goes no further than its tolerance in %s', (_name, slippage, price, filled) => {
    const { engine, place } = market();
    engine.venue.options.depthNotional = d('610');
    const order = place({ side: 'Buy', qty: d('30'), slippage });
    expect([show(order.price), show(order.cumExecQty)]).toEqual([price, filled]);
  });

  test.each([
    ['no whole ticks', 110108, { slippage: { type: 'TickSize', tolerance: d('1.5') } }],
    ['zero', 110109, { slippage: { type: 'Percent', tolerance: 0n } }],
    ['too much', 110109, { slippage: { type: 'Percent', tolerance: d('10.01') } }],
    ['too fine', 110109, { slippage: { type: 'Percent', tolerance: d('0.015') } }],
    ['on a limit order', 10001, { price: d('95'), slippage: { type: 'Percent', tolerance: d('1') } }],
    [
      'on a conditional order',
      10001,
      { triggerPrice: d('110'), triggerDirection: 1, slippage: { type: 'Percent', tolerance: d('1') } },
    ],
  ] as const)('a tolerance is refused when it is %s', (_name, retCode, fields) => {
    expect(retCodeOf(() => market().place({ side: 'Buy', ...fields }))).toBe(retCode);
  });
});

describe('the price band', () => {
  test('a buy far above the market and a sell far below it are moved to the band, far targets are not', () => {
    const { place, engine, account } = market();
    engine.venue.options.depthNotional = d('10');
    const buy = place({ side: 'Buy', price: d('150') });
    expect(show(buy.price)).toBe('101');
    engine.amendOrder(
      account,
      { symbol: SYMBOL, orderId: place({ side: 'Sell', price: d('150') }).orderId },
      { price: d('50') },
    );
    expect([...account.orders.values()].map(({ price }) => show(price))).toEqual(['101', '99']);
    expect(show(place({ side: 'Sell', price: d('300') }).price)).toBe('300');
  });

  test.each(['the venue', 'the account'])('by an option of %s they are refused', (whose) => {
    const { place, engine, account } = market();
    if (whose === 'the account') account.limitBeyondBand = 'refuse';
    else engine.venue.options.limitBeyondBand = 'refuse';
    expect(retCodeOf(() => place({ side: 'Buy', price: d('150') }))).toBe(110121);
    expect(retCodeOf(() => place({ side: 'Sell', price: d('50') }))).toBe(110120);
    expect(retCodeOf(() => place({ side: 'Buy', price: d('101') }))).toBe(0);
  });

  test('a price above the contract s highest is refused', () => {
    expect(retCodeOf(() => market().place({ side: 'Sell', price: d('2000000') }))).toBe(110003);
  });
});

describe('reduce-only orders over the largest quantity', () => {
  test('they are split; the first has the link id', () => {
    const { place, account, position, engine } = market();
    for (let count = 0; count < 3; count += 1) place({ side: 'Buy', qty: d('400') });
    engine.changeInstrument(SYMBOL, { maxMktOrderQty: d('500') });
    const first = place({ side: 'Sell', qty: d('1100'), reduceOnly: true, orderLinkId: 'close' });
    const parts = [...account.orders.values()].filter(({ reduceOnly }) => reduceOnly);
    expect(parts.map(({ orderLinkId, qty, status }) => [orderLinkId, show(qty), status])).toEqual([
      ['close', '500', 'Filled'],
      ['', '500', 'Filled'],
      ['', '100', 'Filled'],
    ]);
    expect(parts[0]).toBe(first);
    expect(show(position().size)).toBe('100');
    expect(engine.venue.truth.duplicates.filter(({ ofOrderLinkId }) => ofOrderLinkId === 'close')).toEqual([]);
  });

  test('"0" closes up to the largest quantity', () => {
    const { place, position, engine } = market();
    for (let count = 0; count < 2; count += 1) place({ side: 'Buy', qty: d('400') });
    engine.changeInstrument(SYMBOL, { maxMktOrderQty: d('500') });
    const close = { side: 'Sell', qty: 0n, reduceOnly: true, closeOnTrigger: true } as const;
    expect(show(place(close).qty)).toBe('500');
    expect(show(place(close).qty)).toBe('300');
    expect(position().size).toBe(0n);
  });

  test('a limit ladder that is split holds its capacity as one', () => {
    const { place, engine } = market();
    place({ side: 'Buy', qty: d('400') });
    engine.changeInstrument(SYMBOL, { maxOrderQty: d('150'), maxMktOrderQty: d('150') });
    place({ side: 'Sell', qty: d('900'), price: d('110'), reduceOnly: true });
    expect(retCodeOf(() => place({ side: 'Sell', price: d('111'), reduceOnly: true }))).toBe(110017);
    expect(engine.venue.truth.duplicates).toEqual([]);
    expect(retCodeOf(() => place({ side: 'Buy', price: d('90'), qty: d('151') }))).toBe(10001);
  });
});
