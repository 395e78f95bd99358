import type { Action, Attempts, Condition, ConditionName, TpSlState } from './decision.ts';
import { format } from './decimal.ts';
import { isTakeProfit } from './executed.ts';
import { FAILING_AFTER } from './settle.ts';
import { opposite } from './level.ts';
import { protection } from './protection.ts';
import type { Draft } from './rule.ts';
import { executedQty, isBusy } from './view.ts';
import type { View } from './view.ts';

/** Books that are open for longer than the listings may lag, and one more look, are no longer waited for in silence. */
const MISMATCH_AFTER_MS = 2_000;

export type Conditions = Readonly<Partial<Record<ConditionName, Condition>>>;

/** What holds now, with since when: one that held before keeps its time. */
export function conditionsNow(
  before: Conditions,
  details: ReadonlyMap<ConditionName, string>,
  nowMs: number,
): Conditions {
  const entries = [...details].map(
    ([name, detail]) => [name, { sinceMs: before[name]?.sinceMs ?? nowMs, detail }] as const,
  );
  const names = Object.keys(before);
  const isSame =
    names.length === entries.length && entries.every(([name, { detail }]) => before[name]?.detail === detail);
  return isSame ? before : Object.fromEntries(entries);
}

/** The tp-sl lane's conditions: about the position, its protection and its books. */
export function tpSlConditions(
  draft: Draft,
  view: View,
  attempts: Readonly<Record<string, Attempts>>,
  wanted: readonly Action[],
): ReadonlyMap<ConditionName, string> {
  const found = new Map(draft.conditions);
  found.delete('EntryExpired');
  if (draft.stop !== undefined) {
    const covered = protection(view.snapshot, view.plan, draft.tpSl.operatorStop?.level);
    if (typeof covered === 'object') found.set('NoStop', covered.missing);
  }
  for (const [name, detail] of positionConditions(draft, view)) found.set(name, detail);
  if (isCut(draft, view, wanted)) found.set('CapacityShortfall', 'a take-profit works with less than was asked');
  for (const [name, detail] of failing(attempts)) found.set(name, detail);
  return found;
}

/** What others did to the position, and what the exchange does. */
function positionConditions({ tpSl, stop }: Draft, view: View): readonly Found[] {
  const found: Found[] = [];
  if (isMismatch(tpSl, view)) found.push(['SizeMismatch', 'the executions do not add up to the position']);
  if (isBusy(view)) found.push(['PositionBusy', `position status ${view.snapshot.position?.status ?? ''}`]);
  if (hasForeign(view)) found.push(['ForeignOrder', "an order that is not ours can change this plan's position"]);
  const added = executedQty(view, 'external-in');
  if (stop !== undefined && added > 0n)
    found.push(['ExternalQuantity', `others added ${format(added)} to the position`]);
  return found;
}

type Found = readonly [name: ConditionName, detail: string];

/** The limit-order lane's conditions: what became of its entries. */
export function limitOrderConditions(
  draft: Draft,
  attempts: Readonly<Record<string, Attempts>>,
): ReadonlyMap<ConditionName, string> {
  const expired = draft.conditions.get('EntryExpired');
  return new Map([...(expired === undefined ? [] : [['EntryExpired', expired] as const]), ...failing(attempts)]);
}

function failing(attempts: Readonly<Record<string, Attempts>>): readonly Found[] {
  return Object.entries(attempts)
    .filter(([, { count }]) => count >= FAILING_AFTER)
    .map(([key, { code, message }]) => [
      key.startsWith('set-stop:') ? 'StopRejected' : 'ActionFailing',
      `${key}: ${code} ${message}`,
    ]);
}

/** At once where the row is known to be neither ahead of nor behind the executions, else when it lasts. */
function isMismatch({ openBooksSinceMs }: TpSlState, view: View): boolean {
  const { snapshot, tpSl, nowMs } = view;
  if (view.hasClosedBooks) return false;
  if (openBooksSinceMs !== undefined && nowMs - openBooksSinceMs >= MISMATCH_AFTER_MS) return true;
  const { position, executionsSeq } = snapshot;
  return position === undefined ? tpSl.stage !== 'waiting' && view.fills.size === 0 : position.seq === executionsSeq;
}

function hasForeign({ foreign, plan }: View): boolean {
  return foreign.some(({ reduceOnly, side }) => reduceOnly || side === opposite(plan.side));
}

function isCut({ takeProfits, tpSl }: Draft, { own }: View, wanted: readonly Action[]): boolean {
  return own.some(({ leg, row }) => {
    const target = isTakeProfit(leg) ? takeProfits?.get(leg) : undefined;
    if (target === undefined || target <= row.leavesQty || tpSl.asked?.[leg] === undefined) return false;
    return !wanted.some((action) => action.type === 'amend' && action.leg === leg);
  });
}
