import { fromJson } from '@backstop/core';
import type { DecisionRecord, ExecutionRecord, OutboxEntry } from '@backstop/store';

/** A fill that nothing had to be sent for: what is sent later has another reason. */
const FORGOTTEN_AFTER_MS = 60_000;

/**
 * Follows fills and what was sent because of them through a bucket's outbox, where both stand in their order. `observe` gets ms
 * from a fill on the exchange's clock to the record of the monitor's next decision that sent something, on Redis's clock;
 * of several fills before it, from the first.
 */
export function openReactions(observe: (ms: number) => void): (entries: readonly OutboxEntry[]) => void {
  const filledAtMs = new Map<string, number>();
  const follow = ({ id, type, json }: OutboxEntry): void => {
    if (type === 'execution') {
      const { monitorIds, timeMs } = fromJson<ExecutionRecord>(json);
      for (const monitorId of monitorIds) {
        if (timeMs - (filledAtMs.get(monitorId) ?? Number.NEGATIVE_INFINITY) > FORGOTTEN_AFTER_MS)
          filledAtMs.set(monitorId, timeMs);
      }
    }
    if (type !== 'decision' || !filledAtMs.has(monitorOf(json))) return; // long texts, and most have no fill before them

    const { monitorId, sent } = fromJson<DecisionRecord>(json);
    if (sent === 0) return; // a condition came or went

    const fromMs = filledAtMs.get(monitorId);
    if (fromMs === undefined) return;
    filledAtMs.delete(monitorId);
    const ms = Number.parseInt(id, 10) - fromMs;
    if (ms <= FORGOTTEN_AFTER_MS) observe(Math.max(ms, 0));
  };
  return (entries) => {
    for (const entry of entries) follow(entry);
  };
}

/** Whose record it is, without reading all of it: what a record says of itself stands before its decision. */
function monitorOf(json: string): string {
  return /"monitorId":"([^"]*)"/.exec(json)?.[1] ?? '';
}
