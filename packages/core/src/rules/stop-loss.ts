import { isTighter, isThrough } from '../level.ts';
import type { Decimal } from '../decimal.ts';
import { onTick } from '../on-tick.ts';
import { withCondition } from '../rule.ts';
import type { Draft, Rule } from '../rule.ts';
import type { View } from '../view.ts';

/**
 * A position that our entries opened has one stop for its whole size: the plan's (S-01), durable and independent of any
 * order (F-14). After flat a late entry's attached stop stands where it is tighter (S-22).
 */
export const stopLoss: Rule = (draft, view) => {
  if (!isOurs(draft, view)) return draft;

  const { plan, instrument } = view;
  const level = draft.tpSl.stage === 'closing' ? attachedOrPlanned(view) : plan.stopLoss.triggerPrice;
  const stop = onTick(level, plan.side, instrument);
  const { liqPrice } = view.position ?? {};
  const isBeyond = liqPrice !== undefined && liqPrice > 0n && isThrough(plan.side, liqPrice, stop);
  return isBeyond
    ? withCondition({ ...draft, stop }, 'StopBeyondLiquidation', 'liquidation comes before the stop')
    : { ...draft, stop };
};

/** A position that is open although the plan has closed is ours only if a late entry of ours opened it. */
function isOurs({ tpSl: { stage, exit } }: Draft, { size, entered }: View): boolean {
  if (size === 0n || entered.qty === 0n || stage === 'closed') return false;
  return stage !== 'closing' || exit !== undefined;
}

function attachedOrPlanned({ plan, position }: View): Decimal {
  const planned = plan.stopLoss.triggerPrice;
  const attached = position?.stopLoss;
  return attached !== undefined && isTighter(plan.side, attached, planned) ? attached : planned;
}
