import type { Decimal } from '../decimal.ts';
import { isPlanned } from '../is-managed.ts';
import { moveStop } from '../move-stop.ts';
import type { Draft, Rule } from '../rule.ts';
import { executedQty } from '../view.ts';
import type { View } from '../view.ts';

/**
 * The stop follows the take-profits: past number n (n >= 2) it stands at the price of number n-1, where the plan asks for
 * steps. The first step, to breakeven after the first one, is the plan's breakeven. It runs before that, so that a step that
 * cannot be taken leaves breakeven to be tried. What was filled stays so: no step is taken back, except as S-09 says.
 */
export const stepLadder: Rule = (draft, view) => {
  const { steps } = view.plan.stopLoss;
  if (steps === undefined || !isPlanned(draft.tpSl)) return draft;

  const level = stepLevel(draft, view);
  if (level === undefined) return draft;
  return moveStop(draft, view, { level, ifThrough: steps.ifThrough, reason: 'through-step' });
};

/** By the farthest leg that took profit itself: one that a nearer leg carries has not seen its price (S-16). */
function stepLevel({ tpSl }: Draft, view: View): Decimal | undefined {
  const { takeProfits } = view.plan;
  const reached = takeProfits.findLastIndex(
    ({ leg }) => tpSl.filledTakeProfits.includes(leg) && executedQty(view, leg) > 0n,
  );
  return takeProfits[reached - 1]?.price;
}
