import { format } from '@backstop/core';
import { lastDecisions, monitorReport, peekInstallation, readAccounts, redisTimeMs } from '@backstop/store';
import type { ConditionLevel, DecisionSummary, LegReport, MonitorPicture, MonitorReport, Row } from '@backstop/store';
import type { VerbContext } from './context.ts';
import { findMonitor } from './find-monitor.ts';
import { openInstallation } from './installation.ts';
import { table } from './table.ts';

const LEG_HEAD = ['', 'leg', 'price', 'wanted', 'stands', 'executed', ''];
const CONDITION_HEAD = ['condition', 'of', 'since', 'last seen', 'detail', 'next'];
const DIFFERENCE_HEAD = ['differs', 'verdict', 'wanted', 'stands', 'why'];
const DECISION_HEAD = ['decision', 'when', 'what and why'];

/** `backstop why ID`: one monitor explained: what is wanted, what stands, since when, and what happens next. */
export async function why(text: string, context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  const { redis } = installation;
  const monitor = await findMonitor(redis, text);
  const [accounts, letters, decisions, nowMs] = await Promise.all([
    readAccounts(redis, [monitor]),
    peekInstallation(redis),
    lastDecisions(redis, monitor.ref),
    redisTimeMs(redis),
  ]);
  const account = accounts.find(({ name }) => name === monitor.ref.account);
  const report = monitorReport(monitor, { account, installation: letters });
  context.print(page(monitor, report, decisions, nowMs).join('\n'));
}

function page(
  monitor: MonitorPicture,
  report: MonitorReport,
  decisions: readonly DecisionSummary[],
  nowMs: number,
): readonly string[] {
  const { ref, plan, stage, checkedAtMs } = monitor;
  const changes = (report.differences ?? []).filter(({ verb }) => verb !== 'keep');
  const legs = [
    ...report.takeProfits.map((leg) => legRow('take-profit', leg)),
    ...report.entries.map((leg) => legRow('entry', leg)),
  ];
  return [
    `${ref.account}:${ref.symbol}:${ref.positionIdx}  ${ref.monitorId}  ${plan.side}, ${stage}`,
    `next         ${report.next}`,
    `checked      ${checkedAtMs === undefined ? 'never, or it has closed' : ago(checkedAtMs, nowMs)}`,
    `position     ${stage === 'closed' ? 'none of its own: it is closed' : positionText(monitor)}`,
    `stop         ${stage === 'closed' ? 'none: it is closed' : stopText(report)}`,
    `rows         position ${rowText(monitor.read.position, nowMs)}, orders ${rowText(monitor.read.orders, nowMs)}, price ${priceText(monitor, nowMs)}`,
    `requests     ${intentText(monitor, nowMs)}`,
    '',
    table(LEG_HEAD, legs),
    ...section(
      CONDITION_HEAD,
      report.conditions.map((condition) => conditionRow(condition, nowMs)),
      'no conditions',
    ),
    ...section(
      DIFFERENCE_HEAD,
      changes.map(({ item, verb, desired, observed, reason, held }) => [
        item,
        verb,
        desired,
        observed,
        held === undefined ? reason : `${reason}; held: ${held}`,
      ]),
      report.differences === undefined ? 'what differs is not known' : 'nothing differs',
    ),
    ...section(
      DECISION_HEAD,
      decisions.map((decision) => decisionRow(decision, nowMs)),
      'nothing was decided yet',
    ),
  ];
}

function section(head: readonly string[], rows: readonly string[][], none: string): readonly string[] {
  return ['', rows.length === 0 ? none : table(head, rows)];
}

function legRow(kind: string, { leg, price, desired, observed, executed, note }: LegReport): string[] {
  return [kind, leg, price ?? 'market', desired ?? '?', observed ?? '?', executed, note];
}

function conditionRow({ name, scope, sinceMs, lastMs, detail, next }: ConditionLevel, nowMs: number): string[] {
  return [name, scope, ago(sinceMs, nowMs), ago(lastMs, nowMs), detail, next];
}

function decisionRow({ id, atMs, outcomes, raised, cleared }: DecisionSummary, nowMs: number): string[] {
  const lines = [...outcomes, ...raised.map((name) => `${name} began`), ...cleared.map((name) => `${name} ended`)];
  return [id, ago(atMs, nowMs), lines.join('\n')];
}

function positionText({ snapshot }: MonitorPicture): string {
  if (snapshot === undefined) return 'not known now';
  const { position } = snapshot;
  if (position === undefined || position.size === 0n) return 'flat';
  const { side, size, averagePrice, liqPrice, status } = position;
  const liquidation = liqPrice === undefined || liqPrice === 0n ? '' : `, liquidation at ${format(liqPrice)}`;
  return `${side ?? ''} ${format(size)} at ${format(averagePrice)}${liquidation}${status === 'Normal' ? '' : `, ${status}`}`;
}

function stopText({ stop: { desired, observed, verified, missing } }: MonitorReport): string {
  const levels = `wanted ${desired ?? '-'}, stands at ${observed ?? '-'}`;
  switch (verified) {
    case 'yes':
      return `${levels}, verified on both rows`;
    case 'no':
      return `${levels}, NOT PROTECTED: ${missing ?? ''}`;
    case 'flat':
      return 'none needed: flat';
    case 'unknown':
      return 'not known now: stops stand on the exchange, look there';
    default:
      return verified satisfies never;
  }
}

function rowText(row: Row<unknown>, nowMs: number): string {
  if (row.kind !== 'row') return row.kind;
  return `${ago(row.startMs, nowMs)}${row.dirty ? ' (outdated by a request)' : ''}`;
}

function priceText({ read: { prices } }: MonitorPicture, nowMs: number): string {
  return prices === undefined ? 'unknown' : `${format(prices.last)} ${ago(prices.atMs, nowMs)}`;
}

function intentText({ read: { intents } }: MonitorPicture, nowMs: number): string {
  if (intents.length === 0) return 'none open';
  return intents
    .map(({ type, orderLinkId = '', deadlineMs }) => {
      const left =
        deadlineMs > nowMs ? `open for ${seconds(deadlineMs - nowMs)} at most` : 'its outcome is looked up next';
      return `${type} ${orderLinkId}`.trim() + ` (${left})`;
    })
    .join(', ');
}

function ago(atMs: number | undefined, nowMs: number): string {
  return atMs === undefined ? 'not known' : `${seconds(nowMs - atMs)} ago`;
}

function seconds(ms: number): string {
  if (ms >= 7_200_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return ms >= 120_000 ? `${(ms / 60_000).toFixed(0)} min` : `${(ms / 1_000).toFixed(1)} s`;
}
