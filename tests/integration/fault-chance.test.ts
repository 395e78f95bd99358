import { expect, it } from 'vitest';
import { seededRandom } from '../faults/random.ts';

const SEEDS = 3_600;
const SIDES = 6;
/** Of 35 degrees of freedom: chance goes beyond it once in some four thousand times. */
const MOST_CHI = 72;
const NAMES = ['', 'faults', 'trader', 'adoption', 'product', 'redis', 'COINAUSDT'];

it.each([1, 40_000, 700_000])(
  'what one name draws first tells nothing of what others draw, from seed %i on',
  (from) => {
    const seeds = Array.from({ length: SEEDS }, (_, nth) => from + nth);
    const draws = NAMES.map((name) =>
      seeds.map((seed) => {
        const random = seededRandom(seed);
        return (name === '' ? random : random.of(name)).int(0, SIDES - 1);
      }),
    );
    const dependent = draws.flatMap((one, at) =>
      draws.slice(at + 1).flatMap((other, next) => {
        const chi = chiSquared(one, other);
        return chi > MOST_CHI ? [`${NAMES[at]} and ${NAMES[at + 1 + next]}: ${chi.toFixed(0)}`] : [];
      }),
    );
    expect(dependent).toEqual([]);
  },
);

/** How far pairs are from being equally frequent: sum of squared differences by what is expected. */
function chiSquared(one: readonly number[], other: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const [at, first] of one.entries()) {
    const pair = first * SIDES + (other[at] ?? 0);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const expected = one.length / SIDES ** 2;
  const pairs = Array.from({ length: SIDES ** 2 }, (_, pair) => counts.get(pair) ?? 0);
  return pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
