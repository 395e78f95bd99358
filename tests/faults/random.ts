import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

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
/** Of a Weyl sequence: words that follow one another are far apart. */
const APART = 0x9e3779b9;
const STATE_WORDS = [1, 2, 3, 4] as const;

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plusFromState(STATE_WORDS.map((nth) => mixed(seed + Math.imul(nth, APART))));
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    int,
    chance: (percent) => int(1, 100) <= percent,
    pick: <T>(items: readonly [T, ...T[]]): T => items[int(0, items.length - 1)] ?? items[0],
    fraction: () => int(0, STEPS - 1) / STEPS,
    of: (name) => seededRandom(Buffer.from(name).reduce((hash, byte) => Math.imul(hash ^ byte, PRIME), seed)),
  };
}

/**
 * Each bit of it depends on all bits of the seed (the end of MurmurHash3). A state that is the seed itself gives first draws that are
 * no better than the seed: those of two names would agree in their last bits.
 */
function mixed(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
