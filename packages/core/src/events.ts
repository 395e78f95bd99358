import { divide, format } from './decimal.ts';
import type { MonitorEvent, TpSlState } from './decision.ts';
import { isEntry, isStop, isTakeProfit } from './executed.ts';
import type { Conditions } from './conditions.ts';
import type { Executed, ExecutedBy } from './facts.ts';
import type { Lane } from './model.ts';
import { executedQty } from './view.ts';
import type { View } from './view.ts';

/**
 * What the tp-sl lane has to tell. An event's id is a pure function of the plan and the facts, so telling it twice is
 * seen (F-09); its kind comes from whose order executed, never from a change of size (F-05).
 */
export function tpSlEvents(before: TpSlState, after: TpSlState, view: View): readonly MonitorEvent[] {
  return [
    ...[...view.fills].map(([by, fill]) => fillEvent(by, fill, after, view)),
    ...exitStarted(before, after, view),
    ...stopConfirmed(before, after, view),
    ...stageChanged(before, after, view),
    ...conditionEvents('tp-sl', before.conditions, after.conditions, view),
  ];
}

/** Conditions that came or went. */
export function conditionEvents(
  lane: Lane,
  before: Conditions,
  after: Conditions,
  view: View,
): readonly MonitorEvent[] {
  if (before === after) return [];
  const raised = Object.entries(after).filter(([name]) => !(name in before));
  const cleared = Object.entries(before).filter(([name]) => !(name in after));
  return [
    ...raised.map(([name, { sinceMs, detail }]) =>
      event(view, 'condition-raised', `${lane}:${name}:${sinceMs}:raised`, { name, detail }),
    ),
    ...cleared.map(([name, { sinceMs }]) =>
      event(view, 'condition-cleared', `${lane}:${name}:${sinceMs}:cleared`, { name, heldMs: view.nowMs - sinceMs }),
    ),
  ];
}

function fillEvent(by: ExecutedBy, fill: Executed, { filledTakeProfits }: TpSlState, view: View): MonitorEvent {
  const total = format(executedQty(view, by));
  return event(view, fillType(by), `${by}:${total}`, {
    by,
    qty: format(fill.qty),
    total,
    price: format(divide(fill.value, fill.qty)),
    fee: format(fill.fee),
    ...(isTakeProfit(by) && { isFilled: filledTakeProfits.includes(by) ? 1 : 0 }),
  });
}

function fillType(by: ExecutedBy): MonitorEvent['type'] {
  if (isEntry(by)) return 'entry-filled';
  if (isTakeProfit(by)) return 'take-profit-filled';
  if (by === 'x') return 'exit-filled';
  return isStop(by) ? 'stop-filled' : 'external-change';
}

function exitStarted(before: TpSlState, { exit }: TpSlState, view: View): readonly MonitorEvent[] {
  if (exit === undefined || before.exit !== undefined) return [];
  return [event(view, 'exit-started', `exit:${exit.reason}:${format(view.entered.qty)}`, { reason: exit.reason })];
}

function stopConfirmed(before: TpSlState, { confirmedStop }: TpSlState, view: View): readonly MonitorEvent[] {
  if (confirmedStop === undefined || confirmedStop === before.confirmedStop) return [];
  const price = format(confirmedStop);
  return [event(view, 'stop-confirmed', `stop:${price}:${format(view.entered.qty)}`, { price })];
}

function stageChanged(before: TpSlState, { stage, closeReason }: TpSlState, view: View): readonly MonitorEvent[] {
  if (stage === before.stage) return [];
  const changed = event(view, 'stage-changed', `stage:${stage}`, { from: before.stage, to: stage });
  return stage === 'closed' ? [changed, event(view, 'closed', 'closed', { reason: closeReason ?? '' })] : [changed];
}

function event(
  { plan, nowMs }: View,
  type: MonitorEvent['type'],
  id: string,
  detail: MonitorEvent['detail'],
): MonitorEvent {
  return { id: `${plan.id}:${id}`, type, atMs: nowMs, detail };
}
