import { toJson } from '@backstop/core';
import { expect, test } from 'vitest';
import { remembered } from '../src/remembered.ts';

interface Row {
  qty: bigint;
  legs: { price: bigint }[];
}

const text = (number: number): string => toJson({ qty: BigInt(number), legs: [{ price: 2n }] });

test('the same text is read once, and nobody can change what it says for others', () => {
  const row = remembered<Row>(text(1));

  expect(row).toEqual({ qty: 1n, legs: [{ price: 2n }] });
  expect(remembered<Row>(text(1))).toBe(row);
  expect(() => row.legs.push({ price: 3n })).toThrow(TypeError);
  expect(() => Object.assign(row.legs[0] ?? {}, { price: 3n })).toThrow(TypeError);
});

test('a text that comes again and again stays, and one that does not is forgotten', () => {
  const [often, seldom] = [remembered<Row>(text(1)), remembered<Row>(text(2))];
  for (let number = 3; number < 50_000; number += 1) {
    remembered<Row>(text(number));
    if (number % 10_000 === 0) remembered<Row>(text(1));
  }

  expect(remembered<Row>(text(1))).toBe(often);
  expect(remembered<Row>(text(2))).not.toBe(seldom);
});
