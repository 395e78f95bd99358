import { format } from '@backstop/core';
import type { Decimal, Entry, Leg, TakeProfit } from '@backstop/core';
import type { AccountPicture } from '../account-picture.ts';
import type { MonitorPicture } from '../monitor-picture.ts';
import { accountConditions } from './account-conditions.ts';
import { conditionLevels, type ConditionLevel } from './condition-levels.ts';
import { differences, type Difference } from './differences.ts';
import { NO_LETTERS } from './find-anomalies.ts';
import { ordersOf } from './orders-of.ts';
import { outlook, type Outlook } from './outlook.ts';

/** One leg of a ladder. Quantities in base coin; null = not known now. */
export interface LegReport {
  readonly leg: Leg;
  /** null = at the market. */
  readonly price: string | null;
  /** What should work of it now. */
  readonly desired: string | null;
  /** What works of it now. */
  readonly observed: string | null;
  readonly executed: string;
  /** What there is to say of it: filled, why it ended, what happens next. */
  readonly note: string;
}

/** A monitor explained: what is wanted, what stands, what differs and what happens next. Times are Redis time, ms. */
export interface MonitorReport {
  readonly stop: {
    readonly desired: string | null;
    readonly observed: string | null;
    readonly verified: 'yes' | 'no' | 'flat' | 'unknown';
    readonly missing?: string;
  };
  readonly takeProfits: readonly LegReport[];
  readonly entries: readonly LegReport[];
  readonly conditions: readonly ConditionLevel[];
  /** undefined = the facts are not known. */
  readonly differences: readonly Difference[] | undefined;
  /** One sentence: why something or nothing is about to be sent. */
  readonly next: string;
}

/** Explains one monitor from one look at it: pure. */
export function monitorReport(
  monitor: MonitorPicture,
  {
    account,
    installation = NO_LETTERS,
  }: { readonly account: AccountPicture | undefined; readonly installation: string | undefined },
): MonitorReport {
  const seen = outlook(monitor, installation);
  const { plan, read, stage } = monitor;
  const lines = stage === 'closed' ? [] : seen && differences(monitor, seen);
  return {
    stop: stopReport(monitor, lines),
    takeProfits: plan.takeProfits.map((rung) => legReport(rung, monitor, seen, lines)),
    entries: plan.entries.map((entry) => legReport(entry, monitor, seen, lines)),
    conditions: conditionLevels(monitor, seen, account === undefined ? [] : accountConditions(account, read.nowMs)),
    differences: lines,
    next: nextSentence(monitor, seen),
  };
}

function stopReport(
  { protection, snapshot }: MonitorPicture,
  lines: readonly Difference[] | undefined,
): MonitorReport['stop'] {
  const line = lines?.find(({ item }) => item === 'stop');
  const level = snapshot?.position?.stopLoss;
  const shown = { desired: line === undefined || line.desired === '-' ? null : line.desired, observed: textOf(level) };
  if (protection === undefined) return { ...shown, verified: 'unknown' };
  if (typeof protection === 'object') return { ...shown, verified: 'no', missing: protection.missing };
  return { ...shown, verified: protection === 'protected' ? 'yes' : 'flat' };
}

function legReport(
  planned: TakeProfit | Entry,
  { plan, read, stage }: MonitorPicture,
  seen: Outlook | undefined,
  lines: readonly Difference[] | undefined,
): LegReport {
  const { leg } = planned;
  const price = 'price' in planned ? format(planned.price) : null;
  const executed = format(read.executed.get(leg)?.qty ?? 0n);
  if (seen === undefined)
    return {
      leg,
      price,
      desired: null,
      observed: null,
      executed,
      note: stage === 'closed' ? 'closed' : 'facts unknown',
    };

  const working = ordersOf(seen.snapshot.orders, plan).own.filter((order) => order.leg === leg);
  const observed = working.reduce((sum, { row }) => sum + row.leavesQty, 0n);
  return {
    leg,
    price,
    desired: format(desiredQty(leg, observed, seen)),
    observed: format(observed),
    executed,
    note: noteOf(planned, seen, lines?.filter(({ item }) => item === leg) ?? []),
  };
}

/** What works, with what is wanted about it done. */
function desiredQty(leg: Leg, observed: Decimal, { wanted, snapshot }: Outlook): Decimal {
  return wanted.reduce((qty, { action }) => {
    if (!('leg' in action) || action.leg !== leg) return qty;
    if (action.type === 'create') return qty + action.order.qty;
    const { orderId } = action.type === 'cancel' ? action.cancel : action.amend;
    const row = snapshot.orders.find((order) => order.orderId === orderId);
    if (row === undefined) return qty;
    if (action.type === 'cancel') return qty - row.leavesQty;
    return action.amend.qty === undefined ? qty : qty + action.amend.qty - row.qty;
  }, observed);
}

function noteOf(planned: TakeProfit | Entry, { decisions, snapshot }: Outlook, lines: readonly Difference[]): string {
  const { leg } = planned;
  const changes = lines.filter(({ verb }) => verb !== 'keep');
  if (changes.length > 0) return changes.map(({ verb, reason }) => `${verb}: ${reason}`).join('; ');
  if (decisions['tp-sl'].state.filledTakeProfits.includes(leg)) return 'filled';
  const ended = decisions['limit-order'].state.ended[leg];
  if (ended !== undefined || lines.length > 0) return ended ?? 'rests';
  const executed = snapshot.executed.get(leg)?.qty ?? 0n;
  return 'qty' in planned && executed >= planned.qty ? 'filled' : '';
}

function nextSentence({ stage, dueAtMs, read }: MonitorPicture, seen: Outlook | undefined): string {
  if (stage === 'closed') return 'nothing: it is closed';
  const dueMs = dueAtMs['tp-sl'];
  const when =
    dueMs === undefined
      ? 'no check is due'
      : `next check ${dueMs <= read.nowMs ? 'now' : `in ${seconds(dueMs - read.nowMs)}`}`;
  if (seen === undefined) return `nothing is decided while its facts are unknown; ${when}, which reads them`;
  const first = seen.readsFirst === undefined ? '' : `; it reads ${seen.readsFirst} first`;
  const ready = seen.wanted.filter(({ held }) => held === undefined).length;
  const held = seen.wanted.length - ready;
  if (seen.wanted.length === 0) return `nothing is sent: what stands is what is wanted; ${when}${first}`;
  const waiting = held === 0 ? '' : `, ${held} held back`;
  return `${ready} to be sent${waiting}; ${when}${first}`;
}

function textOf(value: Decimal | undefined): string | null {
  return value === undefined ? null : format(value);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
