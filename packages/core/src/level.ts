import type { Decimal } from './decimal.ts';
import type { Prices } from './facts.ts';
import type { Side, TriggerBy } from './model.ts';

export function opposite(side: Side): Side {
  return side === 'Buy' ? 'Sell' : 'Buy';
}

/** Whether a position of `side` has reached a stop at `level`. */
export function isThrough(side: Side, level: Decimal, price: Decimal): boolean {
  return side === 'Buy' ? price <= level : price >= level;
}

/** Whether stop level `a` loses less than `b` for a position of `side`. */
export function isTighter(side: Side, a: Decimal, b: Decimal): boolean {
  return side === 'Buy' ? a > b : a < b;
}

/** The price of the stop's own trigger source (S-04). */
export function triggerPriceOf(prices: Prices, triggerBy: TriggerBy): Decimal {
  switch (triggerBy) {
    case 'LastPrice':
      return prices.last;
    case 'MarkPrice':
      return prices.mark;
    case 'IndexPrice':
      return prices.index;
    default:
      return triggerBy satisfies never;
  }
}
