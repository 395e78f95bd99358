import type { RequestCount, Truth } from '../engine/truth/truth.ts';

/** Counts a request under /v5 by account, endpoint and outcome: ok, a retCode, an HTTP status, or lost. */
export function countRequest(truth: Truth, request: Omit<RequestCount, 'count'>): void {
  const key = `${request.account} ${request.endpoint} ${request.outcome}`;
  const known = truth.requests.get(key);
  if (known === undefined) truth.requests.set(key, { ...request, count: 1 });
  else known.count += 1;
}
