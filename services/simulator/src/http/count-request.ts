import type { RequestCount, Truth } from '../engine/truth/truth.ts';
import { PRIVATE_ROUTES, PUBLIC_ROUTES } from './routes.ts';

/** What every path that the exchange does not have is counted as, so that a client cannot make the truth grow. */
const UNKNOWN_PATH = 'unknown';

const ENDPOINTS: ReadonlySet<string> = new Set(
  [PRIVATE_ROUTES, PUBLIC_ROUTES].flatMap((routes) =>
    Object.keys(routes).map((route) => route.slice(route.indexOf(' ') + 1)),
  ),
);

/** Counts a request under /v5 by account, endpoint and outcome: ok, a retCode, an HTTP status, or lost. */
export function countRequest(truth: Truth, { account, endpoint: path, outcome }: Omit<RequestCount, 'count'>): void {
  const endpoint = ENDPOINTS.has(path.replace(/^ws\//, '')) ? path : UNKNOWN_PATH;
  const key = `${account} ${endpoint} ${outcome}`;
  const known = truth.requests.get(key);
  if (known === undefined) truth.requests.set(key, { account, endpoint, outcome, count: 1 });
  else known.count += 1;
}
