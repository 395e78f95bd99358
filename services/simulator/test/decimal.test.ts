import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decimal,
  floorTo,
  over,
  parseDecimal,
  proportion,
  roundTo,
  show,
  showFixed,
  times,
} from '../src/engine/decimal.ts';

const units = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

test('text and number are the same thing for every decimal', () => {
  fc.assert(
    fc.property(units, (value) => {
      expect(parseDecimal(show(value))).toBe(value);
    }),
  );
});

test('a product of price and quantity is exact', () => {
  const [price, qty] = [fc.bigInt({ min: 0n, max: 10n ** 13n }), fc.bigInt({ min: 0n, max: 10n ** 13n })];
  fc.assert(
    fc.property(price, qty, (ticks, steps) => {
      const product = times(ticks * 10n ** 10n, steps * 10n ** 10n);
      expect(product).toBe(ticks * steps * 100n);
    }),
  );
});

test('the whole of an amount is given back when its parts are taken off it', () => {
  const amounts = fc.bigInt({ min: 1n, max: 10n ** 24n });
  fc.assert(
    fc.property(amounts, fc.array(amounts, { minLength: 1, maxLength: 8 }), (amount, sizes) => {
      let [left, size] = [amount, sizes.reduce((sum, part) => sum + part, 0n)];
      for (const part of sizes) {
        left -= proportion(left, part, size);
        size -= part;
      }
      expect(left).toBe(0n);
    }),
  );
});

test.each(['', ' 1', '1e5', '+1', '.5', '5.', '1,0', 'NaN', '0x1', '--1', '1.0000000000000000001'])(
  '%j is not a decimal',
  (text) => expect(parseDecimal(text)).toBeUndefined(),
);

test('rounding goes half away from zero, cutting towards zero', () => {
  expect(show(roundTo(decimal('0.125'), 2))).toBe('0.13');
  expect(show(roundTo(decimal('-0.125'), 2))).toBe('-0.13');
  expect(showFixed(decimal('68577.5'), 2)).toBe('68577.50');
  expect(show(floorTo(decimal('0.42899'), decimal('0.0001')))).toBe('0.4289');
  expect(show(over(decimal('2'), decimal('3')))).toBe('0.666666666666666667');
});
