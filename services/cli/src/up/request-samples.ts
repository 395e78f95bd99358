import type { Truth } from './simulator-client.ts';

/** How many requests the exchange had received by when: remembers what each look at the truth says. */
export interface RequestSamples {
  readonly add: (atMs: number, truth: Truth) => void;
  /** Requests in a span of time, to the accuracy of the looks around it. */
  readonly between: (fromMs: number, toMs: number) => number;
}

export function requestSamples(): RequestSamples {
  const samples: { atMs: number; requests: number }[] = [];
  return {
    add: (atMs, truth) => void samples.push({ atMs, requests: totalRequests(truth) }),
    between: (fromMs, toMs) => {
      const before = samples.findLast(({ atMs }) => atMs <= fromMs) ?? samples[0];
      const after = samples.find(({ atMs }) => atMs >= toMs) ?? samples.at(-1);
      return (after?.requests ?? 0) - (before?.requests ?? 0);
    },
  };
}

export function totalRequests({ requests }: Truth): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}
