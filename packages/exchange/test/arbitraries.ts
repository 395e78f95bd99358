import type { Decimal, Execution, OrderRow, PositionRow } from '@backstop/core';
import fc from 'fast-check';

const positive: fc.Arbitrary<Decimal> = fc.bigInt({ min: 1n, max: 10n ** 24n });
const zeroOrMore: fc.Arbitrary<Decimal> = fc.bigInt({ min: 0n, max: 10n ** 24n });
const signed: fc.Arbitrary<Decimal> = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const priceOrNone = fc.option(positive, { nil: undefined });
const timeMs = fc.nat({ max: 2_000_000_000_000 });
const symbol = fc.constantFrom('BTCUSDT', '1000PEPEUSDT', 'ALICEUSDT');
const side = fc.constantFrom('Buy' as const, 'Sell' as const);
const positionIdx = fc.constantFrom(0 as const, 1 as const, 2 as const);
const seq = fc.integer({ min: -1, max: 2 ** 52 });
/** Known values and one that only a later exchange knows. */
const stopOrderType = fc.constantFrom('', 'StopLoss', 'TakeProfit', 'TrailingStop', 'SomethingNew');
const id = fc.uuid();

const positionFields = {
  symbol,
  positionIdx,
  side: fc.option(side, { nil: undefined }),
  size: zeroOrMore,
  averagePrice: zeroOrMore,
  stopLoss: priceOrNone,
  liqPrice: priceOrNone,
  status: fc.constantFrom('Normal', 'Liq', 'Adl', 'SomethingNew'),
  seq,
  createdTimeMs: timeMs,
  updatedTimeMs: timeMs,
};

/** With and without a trailing stop. */
export const anyPosition: fc.Arbitrary<PositionRow> = fc.oneof(
  fc.record(positionFields),
  fc.record({ ...positionFields, trailingStop: positive }),
  fc.record({ ...positionFields, trailingStop: positive, activePrice: positive }),
);

export const anyOrder: fc.Arbitrary<OrderRow> = fc.record({
  orderId: id,
  orderLinkId: fc.constantFrom('', 'bs-abcabcdefghijkl-t1-0-0'),
  symbol,
  positionIdx,
  side,
  orderType: fc.constantFrom('Limit', 'Market', 'SomethingNew'),
  status: fc.constantFrom('New', 'PartiallyFilled', 'Untriggered', 'Filled', 'SomethingNew'),
  stopOrderType,
  price: priceOrNone,
  qty: positive,
  leavesQty: zeroOrMore,
  cumExecQty: zeroOrMore,
  triggerPrice: priceOrNone,
  triggerBy: fc.constantFrom(undefined, 'LastPrice' as const, 'MarkPrice' as const, 'IndexPrice' as const),
  stopLoss: priceOrNone,
  reduceOnly: fc.boolean(),
  cancelType: fc.constantFrom('UNKNOWN', 'CancelByUser', 'SomethingNew'),
  rejectReason: fc.constantFrom('EC_NoError', 'EC_PostOnlyWillTakeLiquidity', 'EC_SomethingNew'),
  createdTimeMs: timeMs,
  updatedTimeMs: timeMs,
});

export const anyExecution: fc.Arbitrary<Execution> = fc.record({
  execId: id,
  orderId: id,
  orderLinkId: fc.constantFrom('', 'bs-abcabcdefghijkl-e1-0-0'),
  symbol,
  side,
  execType: fc.constantFrom('Trade', 'Funding', 'BustTrade', 'SomethingNew'),
  stopOrderType,
  createType: fc.constantFrom('', 'CreateByUser', 'CreateByStopLoss'),
  price: positive,
  qty: positive,
  value: positive,
  fee: signed,
  closedSize: zeroOrMore,
  seq,
  timeMs,
});
