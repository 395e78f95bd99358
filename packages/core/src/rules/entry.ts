import { abs, floorTo } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { isThrough, isTighter } from '../level.ts';
import type { Entry, EntryLeg, Leg, Plan } from '../model.ts';
import { onTick } from '../on-tick.ts';
import type { Draft, Rule, WantedEntry } from '../rule.ts';
import { withCondition } from '../rule.ts';
import { executedQty, workingOrder } from '../view.ts';
import type { View } from '../view.ts';

/** Ended because its order was found filled: nothing expired. */
export const FILLED = 'filled';

/**
 * What still has to be entered, each entry with the stop that it carries (S-02). A market entry has a deadline and a price
 * band, and a limit entry its expiry; past them, or with the stop already passed before anything was entered, they end
 * for good (S-21). A market entry that filled in part is not chased.
 */
export const entry: Rule = (draft, view) => {
  const over: Partial<Record<Leg, string>> = {};
  const entries = new Map<EntryLeg, WantedEntry>();

  for (const planned of view.plan.entries) {
    const qty = openQty(planned, view);
    if (isEntered(qty, planned, view) || draft.ended[planned.leg] !== undefined) continue;
    const reason = whyEnded(planned, view);
    if (reason === undefined) entries.set(planned.leg, { qty, stopLoss: attachedStop(planned, draft, view) });
    else over[planned.leg] = reason;
  }

  const ended = Object.keys(over).length === 0 ? draft.ended : { ...draft.ended, ...over };
  const next = { ...draft, entries, ended };
  const reasons = Object.entries(ended).flatMap(([leg, reason]) => (reason === FILLED ? [] : [`${leg}: ${reason}`]));
  return reasons.length === 0 ? next : withCondition(next, 'EntryExpired', reasons.join('; '));
};

/** Half the way to the stop, where the plan names no band (S-21). */
function priceBandOf({ priceBand, referencePrice, stopLoss }: Plan): Decimal | undefined {
  if (priceBand !== undefined || referencePrice === undefined) return priceBand;
  return abs(referencePrice - stopLoss.triggerPrice) / 2n;
}

/** The stop in force where the entry's own price allows it, else the plan's: beyond the order's price it would be refused. */
function attachedStop(planned: Entry, { stop }: Pick<Draft, 'stop'>, { plan, instrument }: View): Decimal {
  const level = onTick(plan.stopLoss.triggerPrice, plan.side, instrument);
  if (stop === undefined || planned.type === 'Market') return level;
  const isAllowed = !isThrough(plan.side, stop, planned.price);
  return isAllowed && isTighter(plan.side, stop, level) ? stop : level;
}

function openQty({ leg, type, qty }: Entry, view: View): Decimal {
  const executed = executedQty(view, leg);
  const { qtyStep } = view.instrument;
  if (type === 'Market') return executed > 0n ? 0n : floorTo(qty, qtyStep);
  return executed < qty ? floorTo(qty - executed, qtyStep) : 0n;
}

/** A rest that is too small for an order of its own counts as entered, unless it still works. */
function isEntered(open: Decimal, { leg }: Entry, view: View): boolean {
  return open === 0n || (open < view.instrument.minOrderQty && workingOrder(view, leg) === undefined);
}

function whyEnded(planned: Entry, view: View): string | undefined {
  const { plan, entered, prices } = view;
  const isStopPassed = prices !== undefined && isThrough(plan.side, plan.stopLoss.triggerPrice, prices.last);
  if (isStopPassed && entered.qty === 0n) return 'the stop was passed before the entry';
  if (planned.type === 'Market') return whyMarketEnded(view);
  return plan.entriesExpireAtMs !== undefined && view.nowMs >= plan.entriesExpireAtMs ? 'expired' : undefined;
}

function whyMarketEnded({ plan, prices, nowMs }: View): string | undefined {
  if (nowMs >= plan.marketEntryDeadlineMs) return 'past its deadline';
  const band = priceBandOf(plan);
  if (prices === undefined || band === undefined || plan.referencePrice === undefined) return undefined;
  return abs(prices.last - plan.referencePrice) > band ? 'outside its price band' : undefined;
}
