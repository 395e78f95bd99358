import { max, min, sum } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { isEntry } from '../executed.ts';
import { ladderRules, rungsOf } from '../filled-take-profits.ts';
import { distribute } from '../ladder.ts';
import type { Ladder } from '../ladder.ts';
import { FRAMES_TAKE_MS, toldBy } from '../is-listed-since.ts';
import { lastResult } from '../last-result.ts';
import type { Leg, TakeProfitLeg } from '../model.ts';
import { opposite } from '../level.ts';
import { withCondition } from '../rule.ts';
import type { Draft, Rule } from '../rule.ts';
import { externalPolicy, reassertionsOf } from '../reassertions.ts';
import { executedQty, isStopFiring, workingOrder } from '../view.ts';
import type { View } from '../view.ts';

/**
 * The position's size, distributed over the take-profits (S-16 to S-19): only on closed books, and never beyond what
 * others' reduce-only orders leave of the position.
 */
export const takeProfitLadder: Rule = (draft, view) => {
  if (draft.stop === undefined || draft.tpSl.exit !== undefined || !isFit(draft, view)) return draft;

  const capacity = max(0n, view.size - foreignReduceOnly(view));
  const wanted = min(view.size, capacity);
  const targets = targetsOf(wanted, draft.tpSl.filledTakeProfits, view);
  const laddered = withoutChanged({ ...draft, takeProfits: targets }, targets, view);
  return wanted < view.size
    ? withCondition(laddered, 'CapacityShortfall', "others' reduce-only orders hold a part of the position")
    : laddered;
};

/** What is wanted of each leg; all but the plan, whose ladder stays as it is, is compared from check to check. */
function targetsOf(wanted: Decimal, filled: readonly Leg[], view: View): Ladder['targets'] {
  const { takeProfits } = view.plan;
  const rules = ladderRules(view);
  const { qtyStep, minOrderQty, exitMinNotional } = rules;
  const come = takeProfits.flatMap(({ leg }) => [executedQty(view, leg), workingOrder(view, leg)?.row.cumExecQty]);
  return lastTargets(takeProfits, [wanted, qtyStep, minOrderQty, exitMinNotional, filled.join(), ...come], () => {
    return distribute(wanted, rungsOf(view, filled), rules).targets;
  });
}

const lastTargets = lastResult<Ladder['targets']>();

/** Legs that somebody cancelled have no order where that is respected, and for a while where it happens again and again. */
function withoutChanged(draft: Draft, targets: ReadonlyMap<TakeProfitLeg, Decimal>, view: View): Draft {
  const { tpSl } = draft;
  if (tpSl.dropped === undefined && tpSl.reassertions === undefined) return draft;
  const { mostReassertions } = externalPolicy(view.plan);
  const isHeld = (leg: TakeProfitLeg): boolean =>
    reassertionsOf(tpSl, leg, view) > mostReassertions && workingOrder(view, leg) === undefined;
  const dropped = [...targets.keys()].filter((leg) => tpSl.dropped?.includes(leg) === true);
  const held = [...targets.keys()].filter(isHeld);
  if (dropped.length + held.length === 0) return draft;

  const without = new Map([...targets, ...[...dropped, ...held].map((leg) => [leg, 0n] as const)]);
  const next = { ...draft, takeProfits: without };
  return held.length > 0
    ? withCondition(next, 'ExternalConflict', `${held.join(', ')}: cancelled again and again, left for a while`)
    : withCondition(next, 'ExternalChange', `${dropped.join(', ')}: cancelled by hand, and stays so`);
}

function isFit(draft: Draft, view: View): boolean {
  return (
    draft.tpSl.stage !== 'closing' &&
    view.hasClosedBooks &&
    !isStopFiring(view) &&
    !view.own.some((order) => isBehind(order, draft, view))
  );
}

/** An order row that shows less than its leg has executed is older than the fill: nothing is computed from it. */
function isBehind({ leg, row }: View['own'][number], { tpSl }: Draft, view: View): boolean {
  if (isEntry(leg) || leg === 'x') return false;
  const isAccountedFor = row.cumExecQty + (tpSl.priors?.[leg] ?? 0n) === executedQty(view, leg);
  return !isAccountedFor && view.snapshot.ordersAtMs <= (tpSl.lastFillAtMs ?? 0);
}

/** The moment at which rows of a live stream are younger than the fill that they seem not to know; empty when it is past. */
export function behindRowsMs(draft: Draft, view: View): readonly number[] {
  const isAnyBehind = view.own.some((order) => isBehind(order, draft, view));
  return isAnyBehind ? toldBy((draft.tpSl.lastFillAtMs ?? 0) + FRAMES_TAKE_MS + 1, view) : [];
}

function foreignReduceOnly({ foreign, plan }: View): Decimal {
  const holding = foreign.filter(
    (row) => row.reduceOnly && row.side === opposite(plan.side) && row.status !== 'Untriggered',
  );
  return sum(holding.map(({ leavesQty }) => leavesQty));
}
