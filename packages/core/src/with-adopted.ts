import { multiply } from './decimal.ts';
import type { Snapshot } from './facts.ts';
import type { Plan } from './model.ts';

/**
 * The facts with what stood when the position was adopted, as a sum of its own: no execution that was booked brought it, and
 * without it the books would never close (S-19). Its fees are not known, so the taker rate stands for them (S-08).
 */
export function withAdopted(snapshot: Snapshot, { adopted, takerFeeRate }: Plan): Snapshot {
  if (adopted === undefined) return snapshot;
  const { qty, averagePrice } = adopted;
  const value = multiply(qty, averagePrice);
  const sums = { qty, value, fee: multiply(value, takerFeeRate) };
  return { ...snapshot, executed: new Map([...snapshot.executed, ['adopted', sums]]) };
}
