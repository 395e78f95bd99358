import { ExchangeError } from '@backstop/core';
import { cancelFlight, endFlight, executionCursor, peekInstallation } from '@backstop/store';
import type { Flown } from './attempt-flight.ts';
import { activePlans, bookExecutions, type ActivePlans } from './book-executions.ts';
import type { DeskDeps } from './desk.ts';
import type { Flight } from './take-off.ts';

/** How far back executions are asked for again, so that none is missed between two instants; doubles are dropped by execId. */
const EXECUTION_OVERLAP_MS = 60_000;

type ExecutionDeps = Pick<DeskDeps, 'redis' | 'exchangeOf' | 'log'>;

/**
 * Reads what an account executed since the last such read, and books it. Resolves with who waited for it. Rejects without a
 * change, also where plans came back meanwhile that it did not read enough for: the next read does. Of an account without
 * plans whose executions were never read nothing is asked: its first plan reads from its own beginning.
 */
export async function flyExecutions(
  { account, signal }: { readonly account: string; readonly signal: AbortSignal },
  flight: Flight,
  deps: ExecutionDeps,
): Promise<Flown> {
  const [cursorMs, planned] = await Promise.all([executionCursor(deps.redis, account), activePlans(account, deps)]);
  if (cursorMs === undefined && planned.plans.length === 0) {
    await bookedTo(account, planned, { sinceMs: flight.startMs }, deps);
    return { waiters: await cancelFlight(deps.redis, account, 'executions', flight) };
  }
  // Without a cursor (a first read, or plans were restored) from the oldest plan on, so that none of its fills is missed (F-11).
  const fromMs = cursorMs ?? Math.min(flight.startMs, ...planned.plans.map(({ createdAtMs }) => createdAtMs));
  const since = { sinceMs: fromMs - EXECUTION_OVERLAP_MS };
  const executions = await deps.exchangeOf(account).executions(since, { signal });
  const { installation, ...known } = await bookedTo(account, planned, since, deps);
  await bookExecutions(account, { executions, cursorMs: flight.startMs }, known, { ...deps, installation });
  return { waiters: await endFlight(deps.redis, account, 'executions', flight) };
}

/**
 * The plans of now, and the letters by which their executions are known: read after the plans, since after a loss of Redis they
 * come back before these: where there are plans and no letters yet, nothing has ever been sent under any.
 */
async function bookedTo(
  account: string,
  planned: ActivePlans,
  { sinceMs }: { readonly sinceMs: number },
  deps: ExecutionDeps,
): Promise<ActivePlans & { readonly installation: string }> {
  const known = await activePlans(account, deps);
  const installation = await peekInstallation(deps.redis);
  const before = new Set(planned.plans.map(({ id }) => id));
  if (known.plans.some(({ id, createdAtMs }) => !before.has(id) && createdAtMs < sinceMs))
    throw new ExchangeError('not-sent', 'plans came back while executions were read');
  return { ...known, installation: installation ?? '' };
}
