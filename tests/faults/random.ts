import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Everything that a day leaves to chance; the same seed gives the same answers in the same order. */
export interface Random {
  /** A whole number, both ends included. */
  readonly int: (from: number, to: number) => number;
  /** True in so many of a hundred cases. */
  readonly chance: (percent: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  readonly fraction: () => number;
}

const STEPS = 1_000_000;

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    int,
    chance: (percent) => int(1, 100) <= percent,
    pick: <T>(items: readonly [T, ...T[]]): T => items[int(0, items.length - 1)] ?? items[0],
    fraction: () => int(0, STEPS - 1) / STEPS,
  };
}
