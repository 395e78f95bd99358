import type { DeskObserver, RequestObserver } from '@backstop/desk';
import { observeRequests, type ServiceProcess } from '@backstop/runtime';

/** How far the exchange's clock is ahead of ours, ms: in the last reply of all, and in the last one of each account (S-32). */
export interface ClockSeen {
  skewMs: number;
  readonly byAccount: Map<string, number>;
}

/** Turns what the desk sees into this process's metrics and totals. `seen` follows the exchange's clock. */
export function observe(running: ServiceProcess, seen: ClockSeen): DeskObserver & RequestObserver {
  const { metrics, count } = running;
  const requests = observeRequests(running);
  return {
    ...requests,
    request: (report) => {
      requests.request(report);
      const { account, skewMs } = report;
      if (skewMs === undefined) return;
      seen.skewMs = skewMs;
      seen.byAccount.set(account, skewMs);
    },
    flight: (_account, scope) => count(`flights.${scope}`),
    inputAge: (input, ageMs) => metrics.decisionInputAge.observe({ input }, ageMs / 1_000),
    cacheRead: (kind, result, ageMs) => {
      metrics.cacheReads.inc({ kind, result });
      if (ageMs !== undefined) metrics.cacheAge.observe({ kind }, ageMs / 1_000);
    },
    staleDecision: () => {
      metrics.staleDecisions.inc();
      count('staleDecisions');
    },
  };
}
