import type { Draft, Rule } from '../rule.ts';
import { withCondition } from '../rule.ts';
import { isStopFiring } from '../view.ts';
import type { View } from '../view.ts';

/**
 * Entries that may no longer add exposure are cancelled, whoever placed them and however often it takes (S-20, F-03): past
 * their take-profit, in an exit, when the stop fires, on a symbol that is being delisted (S-27).
 */
export const cancelEntries: Rule = (draft, view) => {
  const noEntries = draft.noEntries ?? reason(draft, view);
  if (noEntries === undefined) return draft;
  const next = { ...draft, noEntries, entries: new Map() };
  const isDelisting = view.instrument.deliveryTimeMs > 0;
  return isDelisting ? withCondition(next, 'Delisting', 'the symbol has a delivery time') : next;
};

function reason({ tpSl }: Draft, view: View): string | undefined {
  const { plan, instrument } = view;
  if (tpSl.exit !== undefined) return `exit: ${tpSl.exit.reason}`;
  if (isStopFiring(view)) return 'the stop is firing';
  if (instrument.deliveryTimeMs > 0) return 'the symbol is being delisted';

  const { cancelEntriesAfterTakeProfit: after } = plan;
  const leg = after === undefined ? undefined : plan.takeProfits[after - 1]?.leg;
  return leg !== undefined && tpSl.filledTakeProfits.includes(leg) ? `${leg} is filled` : undefined;
}
