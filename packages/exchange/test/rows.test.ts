import { decimal } from '@backstop/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { executionRow } from '../src/bybit/execution-row.ts';
import { instrumentRow } from '../src/bybit/instrument-row.ts';
import { orderRow } from '../src/bybit/order-row.ts';
import { positionRow } from '../src/bybit/position-row.ts';
import { tickerRow } from '../src/bybit/ticker-row.ts';
import { anyExecution, anyOrder, anyPosition } from './arbitraries.ts';
import { wireExecution, wireInstrument, wireOrder, wirePosition } from './wire-rows.ts';

const overTheWire = (row: object): unknown => JSON.parse(JSON.stringify(row));

test('a position written by the exchange reads back as the same row', () => {
  fc.assert(
    fc.property(anyPosition, (row) => {
      expect(positionRow.parse(overTheWire(wirePosition(row)))).toEqual(row);
    }),
  );
});

test('an order written by the exchange reads back as the same row, new enum values included', () => {
  fc.assert(
    fc.property(anyOrder, (row) => {
      expect(orderRow.parse(overTheWire(wireOrder(row)))).toEqual(row);
    }),
  );
});

test('an execution written by the exchange reads back as the same row, rebates included', () => {
  fc.assert(
    fc.property(anyExecution, (row) => {
      expect(executionRow.parse(overTheWire(wireExecution(row)))).toEqual(row);
    }),
  );
});

test('a quantity or price that is not plain decimal text never becomes a number', () => {
  fc.assert(
    fc.property(anyOrder, fc.constantFrom('qty', 'price', 'stopLoss', 'leavesQty'), notDecimal, (row, name, text) => {
      expect(orderRow.safeParse({ ...wireOrder(row), [name]: text }).success).toBe(false);
    }),
  );
});

const notDecimal = fc.constantFrom<unknown>('1e-7', 'NaN', ' 1', '1,5', '0x10', '1.', '.5', 'Infinity', 5, null, {});

test('averages and fees with more places than 12 are cut, quantities are not', () => {
  const [position] = fc.sample(anyPosition, { numRuns: 1, seed: 1 });
  if (position === undefined) throw new Error('no sample');
  const wire = { ...wirePosition(position), avgPrice: '0.01528333333333333333' };
  expect(positionRow.parse(wire).averagePrice).toBe(decimal('0.015283333333'));
  expect(positionRow.safeParse({ ...wire, size: '0.01528333333333333333' }).success).toBe(false);
});

test('extra fees are added, as a list, as the text of a list, or none', () => {
  const [row] = fc.sample(anyExecution, { numRuns: 1, seed: 1 });
  if (row === undefined) throw new Error('no sample');
  const wire = wireExecution({ ...row, fee: decimal('1') });
  const list = [
    { feeCoin: 'USDT', fee: '0.25' },
    { feeCoin: 'USDT', fee: '0.5' },
  ];
  const feeWith = (extraFees: unknown): unknown => executionRow.parse({ ...wire, extraFees }).fee;
  expect([feeWith(''), feeWith(list), feeWith(JSON.stringify(list))]).toEqual(['1', '1.75', '1.75'].map(decimal));
  expect(executionRow.safeParse({ ...wire, extraFees: 'some' }).success).toBe(false);
});

test('only perpetuals settled in USDT are instruments', () => {
  const rules = {
    symbol: 'BTCUSDT',
    status: 'Trading',
    tickSize: decimal('0.1'),
    qtyStep: decimal('0.001'),
    minOrderQty: decimal('0.001'),
    maxOrderQty: decimal('100'),
    maxMktOrderQty: decimal('50'),
    minNotionalValue: decimal('5'),
    deliveryTimeMs: 1_800_000_000_000,
  };
  expect(instrumentRow.parse(wireInstrument(rules)).instrument).toEqual(rules);
  expect(instrumentRow.parse(wireInstrument(rules, { settleCoin: 'USDC' })).instrument).toBeUndefined();
  expect(instrumentRow.parse(wireInstrument(rules, { contractType: 'LinearFutures' })).instrument).toBeUndefined();
});

test('a symbol without a complete price has none', () => {
  const ticker = { symbol: 'NEWUSDT', lastPrice: '1', markPrice: '', indexPrice: '1' };
  expect(tickerRow.parse(ticker).prices).toBeUndefined();
});
