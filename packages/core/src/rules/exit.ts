import { executedBy, isStop } from '../executed.ts';
import { isThrough, triggerPriceOf } from '../level.ts';
import { withExit } from '../rule.ts';
import type { Draft, Rule } from '../rule.ts';
import { isStopFiring, pricesSinceFill, workingOrder } from '../view.ts';
import type { View } from '../view.ts';

const STOP_ACTS_WITHIN_MS = 1_000;

/**
 * Our own exit (S-06, S-14): a stop that fired or was passed more than a second ago, or that ended with size left, has not
 * closed the position. One reduce-only market order for the whole of it, repeated until flat; where our take-profits hold
 * the capacity they go first.
 */
export const exit: Rule = (draft, view) => {
  const watched = withThroughSince(draft, view);
  const decided = hasStopFailed(watched, view) ? withExit(watched, 'through-stop', view.nowMs) : watched;
  if (decided.tpSl.exit === undefined || decided.stop === undefined) return decided;

  if (isCrowdedOut(view)) return { ...decided, takeProfits: new Map() };
  return { ...decided, takeProfits: undefined, exitNow: workingOrder(view, 'x') === undefined };
};

function withThroughSince(draft: Draft, view: View): Draft {
  const now = isStopFiring(view) ? view.nowMs : passedAtMs(draft, view);
  if (now === undefined && draft.tpSl.throughSinceMs === undefined) return draft;
  const { throughSinceMs: since, ...rest } = draft.tpSl;
  return { ...draft, tpSl: now === undefined ? rest : { ...rest, throughSinceMs: since ?? now } };
}

function passedAtMs({ stop, tpSl }: Draft, view: View): number | undefined {
  const { plan, trailingRow } = view;
  const prices = pricesSinceFill(view, tpSl);
  if (stop === undefined || prices === undefined) return undefined;
  const isStopPassed = isThrough(plan.side, stop, triggerPriceOf(prices, plan.stopLoss.triggerBy));
  // A trail only tightens: what an older row shows is passed before the trail of now is.
  const trail = trailingRow?.triggerPrice;
  const isTrailPassed = trail !== undefined && isThrough(plan.side, trail, prices.last);
  return isStopPassed || isTrailPassed ? prices.atMs : undefined;
}

/** Judged on a position that was read after the stop had its time. */
function hasStopFailed({ stop, tpSl: { throughSinceMs } }: Draft, view: View): boolean {
  if (stop === undefined) return false;
  const isOverdue = throughSinceMs !== undefined && view.snapshot.positionAtMs - throughSinceMs > STOP_ACTS_WITHIN_MS;
  return (
    isOverdue || (executedBy(view.snapshot.executed, isStop).qty > 0n && view.hasClosedBooks && !isStopFiring(view))
  );
}

/** Refused for want of capacity (110017) while take-profits of ours hold it. */
function isCrowdedOut({ tpSl, own }: View): boolean {
  const isRefused = Object.entries(tpSl.attempts).some(
    ([key, { reason }]) => key.startsWith('create:x:') && reason === 'no-capacity',
  );
  return isRefused && own.some(({ leg }) => leg.startsWith('t'));
}
