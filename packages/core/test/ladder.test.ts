import { expect, test } from 'vitest';
import { decimal, format } from '../src/index.ts';
import { distribute } from '../src/ladder.ts';
import { ladder } from '../testing/index.ts';

const RULES = { qtyStep: decimal('0.1'), minOrderQty: decimal('0.1'), exitMinNotional: 0n };
const SHARES = ladder(['110', 85], ['115', 5], ['120', 5], ['125', 5]);

test('F-22 each leg is floored and the last one takes the remainder', () => {
  expect(targets('203.3')).toEqual(['172.8', '10.1', '10.1', '10.3']);
});

test('S-16 from the farthest inwards a leg under the minimum joins the next nearer one', () => {
  expect(targets('100', { minOrderQty: '6' })).toEqual(['90', '0', '10', '0']);
  expect(targets('100', { minOrderQty: '11' })).toEqual(['85', '15', '0', '0']);
  expect(targets('100', { minOrderQty: '20' })).toEqual(['100', '0', '0', '0']);
});

test('S-16 the nearest joins the next farther one when it is too small itself', () => {
  const rungs = ladder(['110', 5], ['115', 95]);
  expect(targets('100', { minOrderQty: '6', rungs })).toEqual(['0', '100']);
});

test('S-16 the minimum notional counts only where it is asked for', () => {
  expect(targets('1', { exitMinNotional: '0' })).toEqual(['0.8', '0', '0', '0.2']);
  expect(targets('10', { exitMinNotional: '100' })).toEqual(['9', '0', '1', '0']);
});

test('F-30 a leg that is too small is merged, never bumped: what is wanted never exceeds the position', () => {
  expect(targets('5', { minOrderQty: '6' })).toEqual(['5', '0', '0', '0']);
});

test('S-17 what a leg executed counts against it', () => {
  expect(targets('60', { executed: ['40', '0', '0', '0'] })).toEqual(['45', '5', '5', '5']);
});

test('S-17 what a leg executed too much is taken from the next farther ones', () => {
  expect(targets('12', { executed: ['88', '0', '0', '0'] })).toEqual(['0', '2', '5', '5']);
});

test('S-17 what a far leg executed too much is taken from the nearer ones when nothing is farther', () => {
  expect(targets('90', { executed: ['0', '0', '0', '10'] })).toEqual(['85', '5', '0', '0']);
});

test('F-07 a partly filled order may rest with less than the minimum', () => {
  const options = { minOrderQty: '6', executed: ['80', '0', '0', '0'], working: ['80', '0', '0', '0'] };
  expect(targets('20', options)).toEqual(['10', '0', '10', '0']);
});

test('F-28 a merged leg returns under its own name when it is large enough', () => {
  expect(targets('100', { minOrderQty: '20' })).toEqual(['100', '0', '0', '0']);
  expect(targets('1012', { minOrderQty: '20', executed: ['88', '0', '0', '0'] })).toEqual(['847', '55', '55', '55']);
});

test('a filled leg carries nobody: a small leg beside it joins a farther one', () => {
  const options = { minOrderQty: '6', executed: ['85', '0', '0', '0'], filled: ['t1'] };
  expect(targets('15', options)).toEqual(['0', '0', '15', '0']);
});

interface Options {
  readonly minOrderQty?: string;
  readonly exitMinNotional?: string;
  readonly executed?: readonly string[];
  readonly working?: readonly string[];
  readonly filled?: readonly string[];
  readonly rungs?: typeof SHARES;
}

function targets(size: string, options: Options = {}): readonly string[] {
  const { executed = [], working = [], filled = [], rungs = SHARES } = options;
  const progress = rungs.map((rung, index) => ({
    ...rung,
    executed: decimal(executed[index] ?? '0'),
    executedOfWorking: decimal(working[index] ?? '0'),
    isFilled: filled.includes(rung.leg),
  }));
  const minOrderQty = decimal(options.minOrderQty ?? '0.1');
  const exitMinNotional = decimal(options.exitMinNotional ?? '0');
  return [...distribute(decimal(size), progress, { ...RULES, minOrderQty, exitMinNotional }).targets.values()].map(
    format,
  );
}
