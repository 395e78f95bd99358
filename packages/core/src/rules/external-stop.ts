import type { Decimal } from '../decimal.ts';
import type { TpSlState } from '../decision.ts';
import { isEntry } from '../executed.ts';
import { isListedSince, listedByMs, toldBy } from '../is-listed-since.ts';
import { isManaged, isPlanned } from '../is-managed.ts';
import { isTighter } from '../level.ts';
import { onTick } from '../on-tick.ts';
import { externalPolicy, reassertionsOf, withReassertion } from '../reassertions.ts';
import { withCondition } from '../rule.ts';
import type { Draft, Rule } from '../rule.ts';
import { isStopInPlace } from '../tp-sl-actions.ts';
import { isBusy, isStopFiring } from '../view.ts';
import type { View } from '../view.ts';

/**
 * A stop that stood as wanted and stands elsewhere now, without an entry fill that would have brought that (S-02), was moved
 * by somebody. `reassert` puts it back, but not for ever; `respect` takes it for what is wanted until the rules want a
 * tighter one. A stop that is gone is always set again.
 */
export const externalStop: Rule = (draft, view) => {
  if (draft.stop === undefined || !isPlanned(draft.tpSl)) return draft;
  const kept = withOperatorStop(draft, draft.stop, view);
  return !isManaged(draft.tpSl) || isStopFiring(view) || isBusy(view) ? kept : judged(kept, draft.stop, view);
};

/**
 * The moment at which rows of a live stream tell whether somebody moved the stop that is left where it stands: nothing may come
 * until then. Empty when it is past, or nothing is left so.
 */
export function heldStopMs({ isStopHeld, tpSl: { settledStop } }: Draft, view: View): readonly number[] {
  return isStopHeld && settledStop !== undefined ? toldBy(listedByMs(settledStop.sinceMs), view) : [];
}

/** The operator's stop holds while the rules want what they wanted when it was set, or something looser than it. */
function withOperatorStop(draft: Draft, byRules: Decimal, { plan, instrument }: View): Draft {
  if (draft.tpSl.operatorStop === undefined) return draft;
  const { operatorStop, ...rest } = draft.tpSl;
  const { level, instead } = operatorStop;
  const isOver = level === byRules || (instead !== byRules && !isTighter(plan.side, level, byRules));
  if (isOver) return { ...draft, tpSl: rest };
  const stop = onTick(level, plan.side, instrument);
  return withCondition({ ...draft, stop }, 'ExternalChange', 'the stop was moved by hand, and stays there');
}

function judged(draft: Draft, byRules: Decimal, view: View): Draft {
  const { stop, tpSl } = draft;
  const { settledStop } = tpSl;
  if (stop === undefined) return draft;
  if (isStopInPlace(stop, view)) return settledStop?.level === stop ? draft : settled(draft, stop, view);
  if (settledStop === undefined || !view.hasClosedBooks) return draft;
  if (settledStop.level !== stop || isExplained(view)) return unsettled(draft);
  if (!isListedSince(settledStop.sinceMs, view.snapshot)) return { ...draft, isStopHeld: true };
  return changed(draft, byRules, view);
}

/** An entry that filled brought its attached stop, and a stop that is gone, or that no order stands for, is nobody's choice. */
function isExplained({ fills, position, stopRow }: View): boolean {
  return position?.stopLoss === undefined || stopRow === undefined || [...fills.keys()].some(isEntry);
}

function changed(draft: Draft, byRules: Decimal, view: View): Draft {
  const { policy, mostReassertions } = externalPolicy(view.plan);
  const standing = view.position?.stopLoss;
  if (policy === 'respect' && standing !== undefined && isOperators(standing, draft, view)) {
    const { operatorStop: _operatorStop, ...rest } = draft.tpSl;
    const kept = standing === byRules ? rest : { ...rest, operatorStop: { level: standing, instead: byRules } };
    const next = settled({ ...draft, tpSl: kept, stop: standing }, standing, view);
    return withOperatorStop({ ...next, stop: byRules }, byRules, view);
  }
  if (reassertionsOf(draft.tpSl, 'stop', view) < mostReassertions) {
    const counted = unsettled(draft);
    return { ...counted, tpSl: withReassertion(counted.tpSl, 'stop', view.nowMs) };
  }
  const held = { ...draft, isStopHeld: true };
  return withCondition(held, 'ExternalConflict', 'somebody moves the stop again and again: it is left for a while');
}

/** In both rows, with our trigger source, and no level of our own rules: a write of ours may have landed late (S-11). */
function isOperators(standing: Decimal, { stop, tpSl }: Draft, view: View): boolean {
  const { plan, instrument } = view;
  const steps = plan.stopLoss.steps === undefined ? [] : plan.takeProfits.map(({ price }) => price);
  const levels = [plan.stopLoss.triggerPrice, tpSl.breakeven, tpSl.acknowledgedStop, ...steps];
  const looser = levels
    .flatMap((level) => (level === undefined ? [] : [level, onTick(level, plan.side, instrument)]))
    .filter((level) => stop !== undefined && isTighter(plan.side, stop, level));
  return isStopInPlace(standing, view) && standing !== stop && !looser.includes(standing);
}

function settled(draft: Draft, level: Decimal, { nowMs }: View): Draft {
  return { ...draft, tpSl: { ...draft.tpSl, settledStop: { level, sinceMs: nowMs } } };
}

function unsettled(draft: Draft): Draft {
  const { settledStop: _settledStop, ...rest }: TpSlState = draft.tpSl;
  return { ...draft, tpSl: rest };
}
