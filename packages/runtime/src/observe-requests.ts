import type { ServiceProcess } from './open-process.ts';

/** One request to the exchange, as far as metrics tell of it. */
export interface ObservedRequest {
  readonly account: string;
  readonly endpoint: string;
  readonly outcome: string;
  readonly durationMs: number;
}

/** Counts and times a process's requests and its waits for the call budget, and keeps their total for the beat. */
export function observeRequests({ metrics, count }: Pick<ServiceProcess, 'metrics' | 'count'>): {
  request: (request: ObservedRequest) => void;
  budgetWait: (lane: string, waitedMs: number) => void;
} {
  return {
    request: ({ account, endpoint, outcome, durationMs }) => {
      metrics.exchangeRequests.inc({ account, endpoint, outcome });
      metrics.exchangeRequestSeconds.observe({ endpoint }, durationMs / 1_000);
      count('requests');
    },
    budgetWait: (lane, waitedMs) => metrics.budgetWait.observe({ lane }, waitedMs / 1_000),
  };
}
