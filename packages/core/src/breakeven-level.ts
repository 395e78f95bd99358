import { ceilTo, floorTo, ONE } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { executedBy, isOpening } from './executed.ts';
import type { PositionRow } from './facts.ts';
import { isTighter } from './level.ts';
import type { Draft } from './rule.ts';
import type { View } from './view.ts';

/**
 * Remembers where closing costs nothing, fees included (S-08). Once computed it stays until something is added to the position:
 * a late entry fill of ours moves it wherever it belongs then (S-09), and what others add only tightens it (S-02). On closed
 * books.
 */
export function withBreakevenLevel(draft: Draft, view: View): Draft {
  const { position, entered, hasClosedBooks } = view;
  const { breakeven: level, breakevenBasis, breakevenOpened } = draft.tpSl;
  const opened = executedBy(view.snapshot.executed, isOpening).qty;
  const isOfEntries = level !== undefined && breakevenBasis === entered.qty;
  if (isOfEntries && (breakevenOpened ?? opened) === opened) return draft;
  if (position === undefined || !hasClosedBooks) return draft;

  const now = breakevenLevel(position, view);
  const breakeven = isOfEntries && isTighter(view.plan.side, level, now) ? level : now;
  return { ...draft, tpSl: { ...draft.tpSl, breakeven, breakevenBasis: entered.qty, breakevenOpened: opened } };
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
