import { expect, test } from 'vitest';
import { restAfter } from '../src/rest-after.ts';

test('a pass works a twentieth of its time', () => {
  expect(restAfter(10, 3)).toBeCloseTo(190);
  expect(restAfter(0, 3)).toBe(0);
});

test('all rests of a pass end within 10 s, however long its looks take', () => {
  expect(restAfter(10_000, 1)).toBe(10_000);
  expect(restAfter(10_000, 200) * 200).toBeCloseTo(10_000);
});
