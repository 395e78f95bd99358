import type { DeskObserver, RequestObserver } from '@backstop/desk';
import { observeRequests, type ServiceProcess } from '@backstop/runtime';

/** Turns what the desk sees into this process's metrics and totals. `seen.skewMs` follows the exchange's clock (S-32). */
export function observe(running: ServiceProcess, seen: { skewMs: number }): DeskObserver & RequestObserver {
  const { metrics, count } = running;
  const requests = observeRequests(running);
  return {
    ...requests,
    request: (report) => {
      requests.request(report);
      if (report.skewMs !== undefined) seen.skewMs = report.skewMs;
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
