import { setStopKey } from '../action-key.ts';
import { ceilTo, floorTo, ONE } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { executedBy, isOpening } from '../executed.ts';
import { isThrough, isTighter, triggerPriceOf } from '../level.ts';
import { withExit } from '../rule.ts';
import type { Draft, Rule } from '../rule.ts';
import type { PositionRow } from '../facts.ts';
import { pricesSinceFill } from '../view.ts';
import type { View } from '../view.ts';

/**
 * Past its take-profit the stop stands where closing costs nothing, fees included (S-08). Once wanted it stays wanted; only
 * a late entry fill computes it anew (S-09). Where the market is already through and the stop is not in place: exit, or the
 * tightest confirmed level that is not through (F-19).
 */
export const breakeven: Rule = (draft, view) => {
  const { plan } = view;
  if (draft.stop === undefined || plan.breakeven === undefined || draft.tpSl.stage !== 'scaled-out') return draft;

  const moved = withLevel(draft, view);
  const level = moved.tpSl.breakeven;
  if (level === undefined || !isTighter(plan.side, level, draft.stop)) return moved;
  if (isInPlace(level, view) || !isAlreadyThrough(level, moved, view)) return { ...moved, stop: level };

  const held = { ...moved, stop: tightestOutside(view) };
  return plan.breakeven.ifThrough === 'exit' ? withExit(held, 'through-breakeven', view.nowMs) : held;
};

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

function withLevel(draft: Draft, view: View): Draft {
  const { position, entered, hasClosedBooks } = view;
  const { breakeven: level, breakevenBasis } = draft.tpSl;
  const isCurrent = level !== undefined && breakevenBasis === entered.qty;
  if (isCurrent || position === undefined || !hasClosedBooks) return draft;
  return {
    ...draft,
    tpSl: { ...draft.tpSl, breakeven: breakevenLevel(position, view), breakevenBasis: entered.qty },
  };
}

function isInPlace(level: Decimal, { position, stopRow }: View): boolean {
  return position?.stopLoss === level && stopRow?.triggerPrice === level;
}

/**
 * By prices from after the last fill, or because the exchange said so. A level that it acknowledged stands or has fired,
 * whatever older rows show: moving the stop back would loosen it.
 */
function isAlreadyThrough(level: Decimal, { tpSl }: Draft, view: View): boolean {
  const { plan } = view;
  if (tpSl.attempts[setStopKey(level)]?.reason === 'through-market') return true;
  if (tpSl.acknowledgedStop === level) return false;
  const prices = pricesSinceFill(view, tpSl);
  return prices !== undefined && isThrough(plan.side, level, triggerPriceOf(prices, plan.stopLoss.triggerBy));
}

function tightestOutside({ plan, prices, tpSl, position }: View): Decimal {
  const planned = plan.stopLoss.triggerPrice;
  const price = prices && triggerPriceOf(prices, plan.stopLoss.triggerBy);
  const levels = [tpSl.confirmedStop, tpSl.acknowledgedStop, position?.stopLoss];
  const confirmed = levels.filter((level) => level !== undefined);
  const standing = confirmed.filter((level) => price === undefined || !isThrough(plan.side, level, price));
  return standing.reduce((best, level) => (isTighter(plan.side, level, best) ? level : best), planned);
}

function ceilDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a > 0n === b > 0n ? quotient + 1n : quotient;
}
