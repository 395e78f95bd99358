import type { Anomaly } from '@backstop/store';

/** Names of anomalies that say that nothing could be said: the other look counts then. */
const UNKNOWN: ReadonlySet<string> = new Set(['FactsUnknown', 'AccountUnread']);

/**
 * What stands in two looks, as the second one saw it. Where one of them knew nothing of a monitor or account, what the other one
 * saw of it counts: unknown is never well.
 */
export function lasting(first: readonly Anomaly[], second: readonly Anomaly[]): readonly Anomaly[] {
  const still = second.filter((now) => first.some((before) => isSame(before, now) || hides(before, now)));
  const hidden = first.filter(
    (before) => !UNKNOWN.has(before.name) && second.some((now) => hides(now, before) && !isSame(now, before)),
  );
  return [...still, ...hidden.filter((before) => !still.some((now) => isSame(before, now)))];
}

function isSame(a: Anomaly, b: Anomaly): boolean {
  return a.name === b.name && isAt(a, b) && a.symbol === b.symbol && a.positionIdx === b.positionIdx;
}

function isAt(a: Anomaly, b: Anomaly): boolean {
  return a.account === b.account && a.monitorId === b.monitorId;
}

/** Whether `unknown` says that nothing was known of what `other` is about. */
function hides(unknown: Anomaly, other: Anomaly): boolean {
  if (!UNKNOWN.has(unknown.name) || unknown.account !== other.account) return false;
  return unknown.name === 'AccountUnread' ? other.monitorId === undefined : unknown.monitorId === other.monitorId;
}
