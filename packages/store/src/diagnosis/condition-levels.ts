import { actionKey } from '@backstop/core';
import type { Action, Lane } from '@backstop/core';
import { describeAction } from '../decisions/describe-action.ts';
import type { MonitorCondition, MonitorPicture } from '../monitor-picture.ts';
import type { AccountCondition } from './account-conditions.ts';
import { CHECKED_WITHIN_MS } from './checked-within.ts';
import type { Outlook } from './outlook.ts';

/** A level that holds now. Times are Redis time, ms. */
export interface ConditionLevel {
  /** The lane that raised it, or `account` where it is about all of its monitors, or `cache` where facts are missing. */
  readonly scope: Lane | 'account' | 'cache';
  readonly name: string;
  /** undefined = it is not known since when. */
  readonly sinceMs: number | undefined;
  /** When it was last seen to hold; undefined = not known. */
  readonly lastMs: number | undefined;
  readonly detail: string;
  /** What Backstop does about it, and when. */
  readonly next: string;
}

/** All levels that hold for a monitor: its lanes', its account's, and whether its facts are there. Pure. */
export function conditionLevels(
  monitor: MonitorPicture,
  outlook: Outlook | undefined,
  account: readonly AccountCondition[],
): readonly ConditionLevel[] {
  const own = monitor.conditions.map((condition) => ({
    scope: condition.lane,
    name: condition.name,
    sinceMs: condition.sinceMs,
    lastMs: monitor.checkedAtMs,
    detail: condition.detail,
    next: nextOf(condition, outlook),
  }));
  return [...own, ...account.map((condition) => ({ scope: 'account' as const, ...condition })), ...stale(monitor)];
}

/** Which actions end a condition; one without waits for something else. */
const ENDED_BY: Readonly<Record<string, (action: Action) => boolean>> = {
  NoStop: isSetStop,
  StopRejected: isSetStop,
  CapacityShortfall: (action) => 'leg' in action && action.leg.startsWith('t'),
};

/** What is waited for where nothing is sent. */
const AWAITS: Readonly<Record<string, string>> = {
  NoStop: 'nothing to send: the stop is looked for again with the next read',
  SizeMismatch: 'executions are fetched with each check; only the stop is acted on until they add up',
  CapacityShortfall: "asked for again when the size or another take-profit's order changes",
  StopRejected: 'it stands or is not wanted any more: over with the next check',
  ForeignOrder: 'counted, never touched',
  ExternalChange: 'it stays as somebody has set it: the plan respects that',
  ExternalConflict: 'left as it stands until its bound in the plan (three times in a minute) allows to put it back',
  ExternalQuantity: 'stop and take-profits cover it with the rest',
  EntryExpired: 'it is not placed again',
  StopBeyondLiquidation: 'no exposure is added',
  PositionBusy: 'nothing is sent until the exchange is done; then the stop goes first',
  Delisting: 'no exposure is added; entries are cancelled',
};

function nextOf({ name, detail }: MonitorCondition, outlook: Outlook | undefined): string {
  if (outlook === undefined) return 'its facts are read first';
  const ends = ENDED_BY[name] ?? ((action: Action) => detail.startsWith(`${actionKey(action)}: `));
  const actions = outlook.wanted.filter(({ action }) => ends(action));
  if (actions.length === 0) return AWAITS[name] ?? 'looked at again with the next check';
  return actions
    .map(({ action, held }) => `${describeAction(action)}${held === undefined ? '' : `: ${held}`}`)
    .join('; ');
}

/** Rows that are missing or too old, or a last check that is: nobody has looked for a while. */
function stale(monitor: MonitorPicture): ConditionLevel[] {
  if (monitor.stage === 'closed') return [];
  const { read, checkedAtMs } = monitor;
  const rows = Object.entries({ position: read.position.kind, orders: read.orders.kind });
  const gone = rows.flatMap(([name, kind]) => (kind === 'row' ? [] : [`${name} ${kind}`]));
  const overdueSinceMs = checkedAtMs === undefined ? Number.POSITIVE_INFINITY : checkedAtMs + CHECKED_WITHIN_MS;
  const isUnchecked = read.nowMs > overdueSinceMs;
  if (gone.length === 0 && !isUnchecked) return [];

  const detail = [
    ...gone,
    ...(isUnchecked ? [`last checked ${seconds(read.nowMs - overdueSinceMs + CHECKED_WITHIN_MS)} ago`] : []),
  ];
  return [
    {
      scope: 'cache',
      name: 'Stale',
      sinceMs: isUnchecked ? overdueSinceMs : undefined,
      lastMs: checkedAtMs === undefined ? undefined : read.nowMs,
      detail: detail.join(', '),
      next: isUnchecked
        ? 'nothing is decided: do workers and scheduler run, is a queue paused?'
        : 'the next check reads them from the exchange; nothing is decided before',
    },
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(0)} s`;
}

function isSetStop({ type }: Action): boolean {
  return type === 'set-stop';
}
