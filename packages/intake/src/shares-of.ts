import { ONE } from '@backstop/core';
import type { Decimal } from '@backstop/core';

/** Ways of sharing a position among its take-profits that have a name. */
export const DISTRIBUTIONS = ['even', 'front-loaded'] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];

const FRONT: Decimal = (ONE * 85n) / 100n;

/**
 * The shares of `count` take-profits, nearest first; they sum to exactly 1, the last one takes what does not divide.
 * `even`: the same each. `front-loaded`: 85 % to the nearest, the same each of the rest.
 */
export function sharesOf(distribution: Distribution, count: number): readonly Decimal[] {
  if (distribution === 'even' || count === 1) return divided(ONE, count);
  return [FRONT, ...divided(ONE - FRONT, count - 1)];
}

function divided(whole: Decimal, count: number): readonly Decimal[] {
  const share = whole / BigInt(count);
  return Array.from({ length: count }, (_, index) => (index === count - 1 ? whole - share * BigInt(count - 1) : share));
}
