import { withBreakevenLevel } from '../breakeven-level.ts';
import { isPlanned } from '../is-managed.ts';
import { moveStop } from '../move-stop.ts';
import type { Rule } from '../rule.ts';

/**
 * Past its take-profit the stop stands where closing costs nothing, fees included (S-08). Once wanted it stays wanted; only
 * a late entry fill computes it anew (S-09).
 */
export const breakeven: Rule = (draft, view) => {
  const { plan } = view;
  const isDue = draft.tpSl.stage === 'scaled-out' && isPlanned(draft.tpSl);
  if (draft.stop === undefined || plan.breakeven === undefined || !isDue) return draft;

  const moved = withBreakevenLevel(draft, view);
  const level = moved.tpSl.breakeven;
  if (level === undefined) return moved;
  return moveStop(moved, view, { level, ifThrough: plan.breakeven.ifThrough, reason: 'through-breakeven' });
};
