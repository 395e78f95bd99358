import type { TpSlState } from './decision.ts';
import { isTakeProfit } from './executed.ts';
import { isLeg } from './is-leg.ts';
import { isListedSince } from './is-listed-since.ts';
import { isManaged } from './is-managed.ts';
import type { Leg } from './model.ts';
import { isBusy, isStopFiring, workingOrder } from './view.ts';
import type { View } from './view.ts';

/** A fill that was seen so shortly before an order went missing may have ended it. */
const FILL_EXPLAINS_MS = 2_000;

/**
 * Take-profits that somebody cancelled: gone from listings that must show them, without a cancel of ours, without a fill that
 * may have taken or trimmed them, on closed books. What is in doubt is not among them.
 */
export function vanishedByHand(state: TpSlState, view: View): readonly Leg[] {
  const { placed = {}, cancelled = [], lastFillAtMs = 0 } = state;
  if (!isManaged(state) || !isQuiet(view) || !Object.values(placed).some(isMissing)) return [];
  return Object.keys(placed)
    .filter(isLeg)
    .filter((leg) => {
      const sinceMs = placed[leg] ?? 0;
      const isGone =
        isMissing(sinceMs) && isListedSince(sinceMs, view.snapshot) && workingOrder(view, leg) === undefined;
      return isGone && isTakeProfit(leg) && !cancelled.includes(leg) && sinceMs > lastFillAtMs + FILL_EXPLAINS_MS;
    });
}

function isMissing(sinceMs = 0): boolean {
  return sinceMs > 0;
}

function isQuiet(view: View): boolean {
  return view.hasClosedBooks && view.fills.size === 0 && !isBusy(view) && !isStopFiring(view);
}
