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
  /** Chance of its own for one thing: what others draw does not change it. */
  readonly of: (name: string) => Random;
}

const STEPS = 1_000_000;
/** Of FNV-1a. */
const PRIME = 0x01000193;

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    int,
    chance: (percent) => int(1, 100) <= percent,
    pick: <T>(items: readonly [T, ...T[]]): T => items[int(0, items.length - 1)] ?? items[0],
    fraction: () => int(0, STEPS - 1) / STEPS,
    of: (name) => seededRandom(Buffer.from(name).reduce((hash, byte) => Math.imul(hash ^ byte, PRIME), seed)),
  };
}
