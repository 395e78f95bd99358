import type { Decimal, Side } from '@backstop/core';

/** Whether a stop at level `a` loses more than one at `b`, for a position of `side`. */
export function isLooser(side: Side, a: Decimal, b: Decimal): boolean {
  return side === 'Buy' ? a < b : a > b;
}
