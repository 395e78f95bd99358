import { expect, test } from 'vitest';
import { show } from '../src/engine/decimal.ts';
import { market, SYMBOL } from './market.ts';

const spec = { seed: 11, stepMs: 500, volatilityPctPerMinute: 5, driftPctPerMinute: 0 };

function path(stepMs: number, seed = spec.seed): readonly string[] {
  const { engine, pass } = market();
  engine.startWalk({ ...spec, seed });
  const prices: string[] = [];
  engine.onEvent((event) => {
    if (event.type === 'price') prices.push(show(engine.venue.instruments.get(SYMBOL)?.last ?? 0n));
  });
  for (let ms = 0; ms < 60_000; ms += stepMs) pass(stepMs);
  return prices;
}

test('the path depends on the seed and not on when the engine is asked to go on', () => {
  expect(path(500)).toHaveLength(120);
  expect(path(7_500)).toEqual(path(500));
  expect(path(500, 12)).not.toEqual(path(500));
});

test('prices stay on the tick and move by about the volatility that was asked for', () => {
  const finals = Array.from({ length: 200 }, (_, seed) => Math.log(Number(path(60_000, seed).at(-1)) / 100));
  const deviation = Math.sqrt(finals.reduce((sum, value) => sum + value * value, 0) / finals.length);
  expect(deviation).toBeGreaterThan(0.04);
  expect(deviation).toBeLessThan(0.06);
  expect(path(500).every((price) => /^\d+(\.\d)?$/.test(price))).toBe(true);
});

test('a stopped walk moves nothing any more', () => {
  const { engine, pass } = market();
  engine.startWalk(spec);
  pass(5_000);
  engine.stopWalk();
  const last = engine.venue.instruments.get(SYMBOL)?.last;
  pass(5_000);
  expect(engine.venue.instruments.get(SYMBOL)?.last).toBe(last);
  expect(engine.nextDueMs()).toBeUndefined();
});
