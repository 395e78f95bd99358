import { format, type Lane, type Mirror } from '@backstop/core';
import type { CheckRead, DecisionSummary, MonitorPicture, MonitorReport } from '@backstop/store';
import { decisionView, reportView } from './report-view.ts';
import type { MonitorDetail, MonitorView } from './schemas.ts';
import { toWireObject } from './to-wire.ts';

type Row = CheckRead['position'] | CheckRead['orders'];

/** One line of the list of monitors. */
export function monitorView(monitor: MonitorPicture): MonitorView {
  const { ref, plan, stage, read, snapshot, working, filledTakeProfits, conditions, checkedAtMs, dueAtMs } = monitor;
  const { nowMs } = read;
  const position = snapshot?.position;
  const resting = (prefix: string): number => working.filter((leg) => leg.startsWith(prefix)).length;
  return {
    id: ref.monitorId,
    account: ref.account,
    symbol: ref.symbol,
    positionIdx: ref.positionIdx,
    side: plan.side,
    ...(plan.mirror !== undefined && { mirror: mirrorView(plan.mirror) }),
    stage,
    size: snapshot === undefined ? null : format(position?.size ?? 0n),
    stop: position?.stopLoss === undefined ? null : format(position.stopLoss),
    ...protectionView(monitor.protection),
    takeProfits: { planned: plan.takeProfits.length, resting: resting('t'), filled: filledTakeProfits.length },
    entries: { planned: plan.entries.length, resting: resting('e') },
    conditions: [...conditions],
    checkedAgoMs: checkedAtMs === undefined ? null : nowMs - checkedAtMs,
    dueInMs: { 'tp-sl': untilMs(dueAtMs['tp-sl'], nowMs), 'limit-order': untilMs(dueAtMs['limit-order'], nowMs) },
  };
}

/** Everything that is known of a monitor: what its next check would stand on, what it would come to, and what was decided last. */
export function monitorDetail(
  monitor: MonitorPicture,
  report: MonitorReport,
  decisions: readonly DecisionSummary[],
): MonitorDetail {
  const { plan, read } = monitor;
  const { position, orders } = read;
  return {
    ...monitorView(monitor),
    plan: toWireObject(Object.entries(plan)),
    lanes: {
      'tp-sl': laneView(read, 'tp-sl'),
      'limit-order': laneView(read, 'limit-order'),
    },
    position: {
      state: rowState(position),
      ageMs: rowAge(position, read.nowMs),
      value:
        position.kind === 'row' && position.value !== undefined ? toWireObject(Object.entries(position.value)) : null,
    },
    orders: {
      state: rowState(orders),
      ageMs: rowAge(orders, read.nowMs),
      value: orders.kind === 'row' ? orders.value.map((order) => toWireObject(Object.entries(order))) : null,
    },
    executed: Object.fromEntries(
      [...read.executed].map(([by, { qty, value, fee }]) => [
        by,
        { qty: format(qty), value: format(value), fee: format(fee) },
      ]),
    ),
    prices: read.prices === undefined ? null : toWireObject(Object.entries(read.prices)),
    openIntents: read.intents.map((intent) => toWireObject(Object.entries(intent))),
    report: reportView(report),
    decisions: decisions.map(decisionView),
  };
}

function mirrorView({ value, balance, ...rest }: Mirror): NonNullable<MonitorView['mirror']> {
  return { ...rest, value: format(value), ...(balance !== undefined && { balance: format(balance) }) };
}

function laneView({ states }: CheckRead, lane: Lane): MonitorDetail['lanes']['tp-sl'] {
  const { version, state } = states[lane];
  return { version, state: state === undefined ? null : toWireObject(Object.entries(state)) };
}

function protectionView(protection: MonitorPicture['protection']): Pick<MonitorView, 'protected' | 'missing'> {
  if (protection === undefined) return { protected: 'unknown' };
  if (typeof protection === 'object') return { protected: 'no', missing: protection.missing };
  return { protected: protection === 'protected' ? 'yes' : 'flat' };
}

function rowState(row: Row): MonitorDetail['position']['state'] {
  if (row.kind !== 'row') return row.kind;
  if (row.dirty) return 'dirty';
  return row.patched ? 'patched' : 'fresh';
}

function rowAge(row: Row, nowMs: number): number | null {
  return row.kind === 'row' ? nowMs - row.startMs : null;
}

function untilMs(atMs: number | undefined, nowMs: number): number | null {
  return atMs === undefined ? null : atMs - nowMs;
}
