import { withBreakevenLevel } from '../breakeven-level.ts';
import type { TpSlState } from '../decision.ts';
import { isPlanned } from '../is-managed.ts';
import { moveStop } from '../move-stop.ts';
import { withExit } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';

/**
 * A position that has been open for longer than its plan allows is left (S-14), or its stop goes to breakeven (S-08). While the
 * market is through that, the stop stays and is moved when it no longer is (S-09).
 */
export const timeLimit: Rule = (draft, view) => {
  const { timeLimit: limit } = view.plan;
  const endsAtMs = endOf(draft.tpSl, view);
  if (limit === undefined || draft.stop === undefined || endsAtMs === undefined || view.nowMs < endsAtMs) return draft;
  if (limit.action === 'close') return withExit(draft, 'time-limit', view.nowMs);

  const moved = withBreakevenLevel(draft, view);
  const level = moved.tpSl.breakeven;
  return level === undefined ? moved : moveStop(moved, view, { level, ifThrough: 'keep', reason: 'time-limit' });
};

/** The moment at which the rule has something to do; empty when it is past, or nothing is open. */
export function timeLimitMs(state: TpSlState, view: View): readonly number[] {
  const endsAtMs = endOf(state, view);
  return endsAtMs === undefined || endsAtMs <= view.nowMs ? [] : [endsAtMs];
}

function endOf(state: TpSlState, { plan }: View): number | undefined {
  const { openedAtMs } = state;
  if (!isPlanned(state) || plan.timeLimit === undefined || openedAtMs === undefined) return undefined;
  return openedAtMs + plan.timeLimit.afterMs;
}
