import { ceilTo, floorTo, ONE } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { executedBy, isOpening } from './executed.ts';
import type { PositionRow } from './facts.ts';
import type { Draft } from './rule.ts';
import type { View } from './view.ts';

/**
 * Remembers where closing costs nothing, fees included (S-08). Once computed it stays; only a late entry fill computes it
 * anew (S-09), on closed books.
 */
export function withBreakevenLevel(draft: Draft, view: View): Draft {
  const { position, entered, hasClosedBooks } = view;
  const { breakeven: level, breakevenBasis } = draft.tpSl;
  const isCurrent = level !== undefined && breakevenBasis === entered.qty;
  if (isCurrent || position === undefined || !hasClosedBooks) return draft;
  return {
    ...draft,
    tpSl: { ...draft.tpSl, breakeven: breakevenLevel(position, view), breakevenBasis: entered.qty },
  };
}

/** avg x (1 + fo) / (1 - fc) for a long, mirrored for a short, rounded away from loss (S-08). */
function breakevenLevel(position: PositionRow, view: View): Decimal {
  const { plan, snapshot, instrument } = view;
  const opened = executedBy(snapshot.executed, isOpening);
  const paid = opened.value > 0n ? ceilDivide(opened.fee * ONE, opened.value) : plan.takerFeeRate;
  const { averagePrice } = position;

  if (plan.side === 'Buy') {
    return ceilTo(ceilDivide(averagePrice * (ONE + paid), ONE - plan.takerFeeRate), instrument.tickSize);
  }
  return floorTo((averagePrice * (ONE - paid)) / (ONE + plan.takerFeeRate), instrument.tickSize);
}

function ceilDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a > 0n === b > 0n ? quotient + 1n : quotient;
}
