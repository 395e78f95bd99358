import type { AccountPicture } from '../account-picture.ts';
import type { AccountRows } from '../account-rows.ts';
import { slotOf } from '../monitor-ref.ts';
import type { MonitorPicture } from '../monitor-picture.ts';
import { accountAnomalies } from './account-anomalies.ts';
import { toAnomaly, type Anomaly } from './anomaly.ts';
import { breakevenAnomalies } from './breakeven-anomalies.ts';
import { CHECKED_WITHIN_MS } from './checked-within.ts';
import { orderAnomalies } from './order-anomalies.ts';
import { ordersOf } from './orders-of.ts';
import { outlook } from './outlook.ts';
import { stateAnomalies } from './state-anomalies.ts';
import { stopAnomalies } from './stop-anomalies.ts';

/** Everything that is known of one account in one look. Times are Redis time, ms. */
export interface AccountFacts {
  readonly nowMs: number;
  readonly account: AccountPicture;
  readonly rows: AccountRows;
  /** Its active monitors. */
  readonly monitors: readonly MonitorPicture[];
  /** The letters in our orders' ids; undefined = nothing was ever sent from here. */
  readonly installation: string | undefined;
}

/** What stands for the letters where none are known: then no order is ours. */
export const NO_LETTERS = 'aaa';

/** Names everything about an account that is not as it should be, monitors first: pure. Empty = nothing was found. */
export function findAnomalies(facts: AccountFacts): readonly Anomaly[] {
  const { monitors, installation = NO_LETTERS, nowMs } = facts;
  const found = monitors.flatMap((monitor) => monitorAnomalies(monitor, installation, nowMs));
  return [...found, ...accountAnomalies(facts)];
}

function monitorAnomalies(monitor: MonitorPicture, installation: string, nowMs: number): readonly Anomaly[] {
  const seen = outlook(monitor, installation);
  if (seen === undefined) return [unknownFacts(monitor), ...unchecked(monitor, nowMs)];
  const subject = { monitor, outlook: seen, orders: ordersOf(seen.snapshot.orders, monitor.plan) };
  const rules = [stopAnomalies, breakevenAnomalies, orderAnomalies, stateAnomalies];
  const findings = rules.flatMap((rule) => rule(subject));
  return [...findings.map((finding) => toAnomaly(subject, finding)), ...unchecked(monitor, nowMs)];
}

function unknownFacts({ ref, read }: MonitorPicture): Anomaly {
  const { position, orders, instrument } = read;
  const rows = { position: position.kind, orders: orders.kind };
  const unknown = Object.entries(rows).flatMap(([name, kind]) => (kind === 'row' ? [] : [`${name} ${kind}`]));
  const rules = instrument === undefined ? ['trading rules unknown'] : [];
  return {
    name: 'FactsUnknown',
    ...ref,
    detail: `${[...unknown, ...rules].join(', ')} (${slotOf(ref)}): nothing can be said of it`,
    backstop: 'the next check reads them from the exchange',
    operator: 'ask with --fresh; if it stays, look for Blind or KeyRefused',
  };
}

function unchecked({ ref, checkedAtMs }: MonitorPicture, nowMs: number): Anomaly[] {
  if (checkedAtMs === undefined || nowMs - checkedAtMs <= CHECKED_WITHIN_MS) return [];
  const detail = `last checked ${((nowMs - checkedAtMs) / 1_000).toFixed(0)} s ago`;
  const operator = 'do workers and scheduler run (`backstop status`)? Is a queue paused?';
  return [{ name: 'Unchecked', ...ref, detail, backstop: undefined, operator }];
}
