import { actionKey } from '@backstop/core';
import type { Action, Lane } from '@backstop/core';
import { describeAction } from '../decisions/describe-action.ts';
import type { MonitorCondition, MonitorPicture } from '../monitor-picture.ts';
import type { AccountCondition } from './account-conditions.ts';
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
  ForeignOrder: 'counted, never touched',
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

function stale({ read, stage, checkedAtMs }: MonitorPicture): ConditionLevel[] {
  const rows = Object.entries({ position: read.position.kind, orders: read.orders.kind });
  const gone = rows.flatMap(([name, kind]) => (kind === 'row' ? [] : [`${name} ${kind}`]));
  if (gone.length === 0 || stage === 'closed') return [];
  const times = { sinceMs: undefined, lastMs: checkedAtMs === undefined ? undefined : read.nowMs };
  const next = 'the next check reads them from the exchange; nothing is decided before';
  return [{ scope: 'cache', name: 'Stale', ...times, detail: gone.join(', '), next }];
}

function isSetStop({ type }: Action): boolean {
  return type === 'set-stop';
}
