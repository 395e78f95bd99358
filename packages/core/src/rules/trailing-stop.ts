import { ceilTo } from '../decimal.ts';
import type { TrailingSpec } from '../exchange.ts';
import { isManaged } from '../is-managed.ts';
import type { TrailingPolicy } from '../model.ts';
import { onTick } from '../on-tick.ts';
import { externalPolicy, reassertionsOf } from '../reassertions.ts';
import { withCondition } from '../rule.ts';
import type { Draft, Rule } from '../rule.ts';
import type { View } from '../view.ts';

/**
 * The plan's native trailing stop, from its take-profit on (S-10). It stands beside the stop, which stays as floor, and never
 * for it: without a stop there is nothing to trail. The market being past the activation price already, it follows at once.
 */
export const trailingStop: Rule = (draft, view) => {
  const { plan } = view;
  if (draft.stop === undefined || plan.trailingStop === undefined || !isDue(plan.trailingStop, draft, view))
    return draft;
  const { policy, mostReassertions } = externalPolicy(plan);
  const trailing = specOf(plan.trailingStop, draft, view);
  if (!isChanged(draft, view)) return { ...draft, trailing };
  if (policy === 'respect') return withCondition(draft, 'ExternalChange', 'the trailing stop was changed by hand');
  return reassertionsOf(draft.tpSl, 'trailing', view) < mostReassertions
    ? { ...draft, trailing }
    : withCondition(
        draft,
        'ExternalConflict',
        'somebody changes the trailing stop again and again: it is left for a while',
      );
};

/** It was shown as we armed it, and is not any more. */
function isChanged({ tpSl: { armedTrailing } }: Draft, { position }: View): boolean {
  return armedTrailing?.isShown === true && position?.trailingStop !== armedTrailing.distance;
}

function isDue({ afterTakeProfit }: TrailingPolicy, { tpSl }: Draft, { plan }: View): boolean {
  if (!isManaged(tpSl)) return false;
  if (afterTakeProfit === undefined) return true;
  const leg = plan.takeProfits[afterTakeProfit - 1]?.leg;
  return leg !== undefined && tpSl.filledTakeProfits.includes(leg);
}

function specOf(policy: TrailingPolicy, { tpSl }: Draft, { plan, prices, position, instrument }: View): TrailingSpec {
  const armed = tpSl.armedTrailing?.distance;
  const isStanding = armed !== undefined && position?.trailingStop === armed; // armed once, under whatever tick there was
  const distance = isStanding ? armed : ceilTo(policy.distance, instrument.tickSize);
  if (policy.activePrice === undefined) return { distance };
  const activePrice = onTick(policy.activePrice, plan.side, instrument);
  const isPast =
    prices !== undefined && (plan.side === 'Buy' ? prices.last >= activePrice : prices.last <= activePrice);
  return isPast ? { distance } : { distance, activePrice };
}
