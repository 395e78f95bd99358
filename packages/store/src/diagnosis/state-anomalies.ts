import { actionKey, format, isOwn, netQty } from '@backstop/core';
import type { Entry, Executed, ExecutedBy, PositionRow, Snapshot, TpSlState } from '@backstop/core';
import type { Finding, Subject } from './anomaly.ts';

/** A monitor that is flat may take so long until a listing proves that nothing of it works. */
const CLOSING_TAKES_MS = 30_000;
/** Conditions that say what another anomaly says with numbers, or that are no fault. */
const TOLD_OTHERWISE: ReadonlySet<string> = new Set([
  'NoStop',
  'SizeMismatch',
  'ForeignOrder',
  'ExternalChange',
  'EntryExpired',
  'StopBeyondLiquidation',
]);

/** What is wrong with a monitor itself: what it believes against what executed, and whether it still has anything to attend. */
export function stateAnomalies(subject: Subject): readonly Finding[] {
  return [
    ...turned(subject),
    ...unexplained(subject),
    ...fillsNotRecorded(subject),
    ...ghost(subject),
    ...standingConditions(subject),
  ];
}

/** S-23: somebody turned the position round. */
function turned({ monitor: { plan }, outlook: { snapshot } }: Subject): Finding[] {
  const { position } = snapshot;
  if (position === undefined || position.size === 0n || position.side === plan.side) return [];
  const detail = `${position.side ?? 'no side'} ${format(position.size)} is open, planned is ${plan.side}`;
  return [
    { name: 'PositionTurned', detail, otherwise: { operator: 'attend or close it by hand: no plan protects it' } },
  ];
}

/** F-06: executions and position do not add up, so that only the stop is acted on. */
function unexplained({ monitor: { plan, read }, outlook: { snapshot } }: Subject): Finding[] {
  const { position, executed } = snapshot;
  const size = position?.size ?? 0n;
  const net = netQty(executed) + (plan.adopted?.qty ?? 0n) + othersBefore(size, executed, read.states['tp-sl'].state);
  if (net === size) return [];
  const detail = `executions add up to ${format(net)}, the position is ${format(size)}`;
  const otherwise = { operator: 'if it stays: was the position there before the plan, or changed by hand?' };
  return [{ name: 'SizeUnexplained', detail, otherwise }];
}

/** What others held before the plan: while they hold it and nothing of ours executed, it is a position that the plan does not explain. */
function othersBefore(size: bigint, executed: ReadonlyMap<ExecutedBy, Executed>, state: TpSlState | undefined): bigint {
  const isOurs = size === 0n || [...executed.keys()].some(isOwn);
  return isOurs ? (state?.stoodBefore ?? 0n) : 0n;
}

/** F-01, F-18: what the state says was filled against what executed. */
function fillsNotRecorded({ monitor, outlook }: Subject): Finding[] {
  const recorded = monitor.read.states['tp-sl'].state?.filledTakeProfits ?? [];
  const known = outlook.decisions['tp-sl'].state.filledTakeProfits;
  const missed = known.filter((leg) => !recorded.includes(leg));
  const invented = recorded.filter((leg) => (outlook.snapshot.executed.get(leg)?.qty ?? 0n) === 0n);
  return [
    ...missed.map((leg) => ({
      name: 'FillNotRecorded',
      detail: `${leg} has executed ${executedText(outlook.snapshot, leg)}, the state does not count it as filled`,
      otherwise: { backstop: 'the next check counts it and acts on it' },
    })),
    ...invented
      .filter((leg) => !isHosted(leg, outlook.snapshot))
      .map((leg) => ({
        name: 'FillWithoutExecution',
        detail: `the state counts ${leg} as filled, and nothing of it has executed`,
        otherwise: known.includes(leg)
          ? { operator: 'its ladder leaves that leg out; end the monitor and plan it anew if that is wrong' }
          : { backstop: 'the next check takes that back' },
      })),
  ];
}

/** A leg that was merged into another one fills with it (S-16). */
function isHosted(leg: string, { executed }: Snapshot): boolean {
  return [...executed].some(([by, { qty }]) => by.startsWith('t') && by !== leg && qty > 0n);
}

/** F-31: a monitor that attends nothing, and waits for nothing. */
function ghost({ monitor, outlook, orders }: Subject): Finding[] {
  const { snapshot, decisions } = outlook;
  if (!isFlat(snapshot.position) || orders.own.length > 0) return [];
  const { stage, closingSinceMs } = decisions['tp-sl'].state;
  const { ended } = decisions['limit-order'].state;
  const awaited = monitor.plan.entries.filter((entry) => ended[entry.leg] === undefined && isOpen(entry, snapshot));
  if (stage === 'waiting' && awaited.length > 0) return [];
  const isClosing = stage === 'closing' && monitor.read.nowMs - (closingSinceMs ?? 0) < CLOSING_TAKES_MS;
  if (isClosing) return [];
  const next = stage === 'closed' || stage === 'closing' ? { backstop: 'the next checks close it' } : {};
  const detail = `stage ${monitor.stage}: no position, no order of ours, and no entry is awaited`;
  return [{ name: 'GhostMonitor', detail, otherwise: next }];
}

function standingConditions({ monitor }: Subject): Finding[] {
  return monitor.conditions
    .filter(({ name }) => !TOLD_OTHERWISE.has(name))
    .map(({ name, detail }) => ({
      name,
      detail,
      endedBy: (action) => detail.startsWith(`${actionKey(action)}: `),
    }));
}

function isOpen({ leg, type, qty }: Entry, { executed }: Snapshot): boolean {
  const done = executed.get(leg)?.qty ?? 0n;
  return type === 'Market' ? done === 0n : done < qty;
}

function isFlat(position: PositionRow | undefined): boolean {
  return position === undefined || position.size === 0n;
}

function executedText({ executed }: Snapshot, by: ExecutedBy): string {
  return format(executed.get(by)?.qty ?? 0n);
}
