import { expect, test } from 'vitest';
import { offersOf } from '../bench/budget-offers.ts';
import { shareOfAllowed } from '../bench/share-of-allowed.ts';

const LOAD = { seed: 7, perSecond: 100, lengthMs: 60_000, accounts: 20, symbols: 5 } as const;

test('what a benchmark offers is the load that was asked for, in order, and the same for the same seed', () => {
  const offers = offersOf(LOAD);
  expect(offers.length).toBeGreaterThanOrEqual(6_000);
  expect(offers.length).toBeLessThan(6_004);
  expect(Math.max(...offers.map(({ atMs }) => atMs))).toBeLessThan(LOAD.lengthMs);
  expect(offers.map(({ atMs }) => atMs)).toEqual(offers.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  expect(offersOf(LOAD)).toEqual(offers);
  expect(offersOf({ ...LOAD, seed: 8 })).not.toEqual(offers);
});

test('four of ten offers are stops, and they come four at a time on symbols of one account', () => {
  const offers = offersOf(LOAD);
  const stops = offers.filter(({ kind }) => kind === 'stop');
  expect(stops.length / offers.length).toBeGreaterThan(0.35);
  expect(stops.length / offers.length).toBeLessThan(0.45);
  for (const burst of Map.groupBy(stops, ({ atMs }) => atMs).values()) {
    expect(new Set(burst.map(({ account }) => account)).size).toBe(1);
    expect(new Set(burst.map(({ symbol }) => symbol)).size).toBe(4);
  }
});

test('a sliding limit allows a whole window at once and as much again with each window that passes', () => {
  const limit = { calls: 600, windowMs: 5_500 };
  expect(shareOfAllowed({ calls: 600, spanMs: 0 }, limit)).toBe(1);
  expect(shareOfAllowed({ calls: 2_400, spanMs: 16_500 }, limit)).toBe(1);
  expect(shareOfAllowed({ calls: 1_200, spanMs: 16_500 }, limit)).toBe(0.5);
});
