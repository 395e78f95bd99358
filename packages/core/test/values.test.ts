import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ceilTo,
  decimal,
  divide,
  floorTo,
  format,
  formatOrderLinkId,
  fromJson,
  multiply,
  ONE,
  parseOrderLinkId,
  plainText,
  toJson,
} from '../src/index.ts';

test('F-30 a decimal is written plainly, whatever its size', () => {
  expect(format(decimal('119000'))).toBe('119000');
  expect(format(decimal('-0.00000001'))).toBe('-0.00000001');
  expect(format(decimal('4.2900'))).toBe('4.29');
});

test('what is no plain decimal is refused', () => {
  for (const text of ['', '1e5', '1.19E+5', ' 1', '.5', '1.', '0x1', 'NaN', '0.0000000000001']) {
    expect(() => decimal(text)).toThrow(RangeError);
  }
});

test('a decimal survives text and JSON exactly', () => {
  const details = fc.check(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (units) => {
      const read = fromJson<{ value: bigint }>(toJson({ value: units }));
      return decimal(format(units)) === units && read.value === units;
    }),
  );
  expect(details.counterexample).toBeNull();
});

test('any text survives JSON, also text that looks like a decimal of ours', () => {
  const lookalike = fc
    .tuple(fc.constantFrom('', "'", "''", '-', "'-", '"'), fc.stringMatching(/^\d{1,3}(\.\d{1,14})?d?$/))
    .map((parts) => parts.join(''));
  const details = fc.check(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), lookalike, fc.constant('5d')), (text) => {
      const read = fromJson<{ text: string; all: readonly unknown[] }>(toJson({ text, all: [text, [text], 5n] }));
      return isDeepStrictEqual(read, { text, all: [text, [text], 5n] });
    }),
    { seed: 5, numRuns: 2_000 },
  );
  expect(details.counterexample).toBeNull();
});

test('states that earlier versions wrote are read as they were, and text is plain again without `fromJson`', () => {
  const read = fromJson('{"level":"-0.429d","note":"5 d","quoted":"it\'s","at":5}');
  expect(read).toEqual({ level: decimal('-0.429'), note: '5 d', quoted: "it's", at: 5 });
  expect(toJson({ account: '5d' })).toBe(`{"account":"'5d"}`);
  expect(["'5d", "''5d", "'tis", 'main'].map(plainText)).toEqual(['5d', "'5d", "'tis", 'main']);
});

test('rounding to a step stays within one step, on the side asked for', () => {
  const details = fc.check(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 14n }), (value, step) => {
      const [down, up] = [floorTo(value, step), ceilTo(value, step)];
      return down <= value && value <= up && up - down <= step && down % step === 0n && up % step === 0n;
    }),
  );
  expect(details.counterexample).toBeNull();
});

test('products and quotients truncate towards zero', () => {
  expect(multiply(decimal('0.1'), decimal('0.2'))).toBe(decimal('0.02'));
  expect(divide(ONE, decimal('3'))).toBe(decimal('0.333333333333'));
});

test('S-24 an order id says what it is for, in at most 36 characters, and is read back', () => {
  const identity = {
    installation: 'abc',
    planId: 'planaaaaaaaa',
    leg: 't12',
    restoreEpoch: 3,
    generation: 1_295,
  } as const;
  const id = formatOrderLinkId(identity);
  expect(id).toBe('bs-abcplanaaaaaaaa-t12-3-zz');
  expect(parseOrderLinkId(id)).toEqual(identity);
  expect(parseOrderLinkId('')).toBeUndefined();
  expect(parseOrderLinkId('bs-abcplanaaaaaaaa-q1-0-0')).toBeUndefined();
  expect(() => formatOrderLinkId({ ...identity, planId: 'short' })).toThrow(RangeError);
});
