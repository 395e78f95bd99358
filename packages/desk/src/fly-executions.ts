import { endFlight, executionCursor, type Waiter } from '@backstop/store';
import { activePlans, bookExecutions } from './book-executions.ts';
import type { DeskDeps } from './desk.ts';
import type { Flight } from './fly-account.ts';

/** How far back executions are asked for again, so that none is missed between two instants; doubles are dropped by execId. */
const EXECUTION_OVERLAP_MS = 60_000;

/**
 * Reads what an account executed since the last such read, and books it. Resolves with who waited for it. Rejects without a
 * change.
 */
export async function flyExecutions(
  { account, signal }: { readonly account: string; readonly signal: AbortSignal },
  flight: Flight,
  deps: Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'log'>,
): Promise<readonly Waiter[]> {
  const [cursorMs, known] = await Promise.all([executionCursor(deps.redis, account), activePlans(account, deps)]);
  // Without a cursor (a first read, or plans were restored) from the oldest plan on, so that none of its fills is missed (F-11).
  const fromMs = cursorMs ?? Math.min(flight.startMs, ...known.plans.map(({ createdAtMs }) => createdAtMs));
  const since = { sinceMs: fromMs - EXECUTION_OVERLAP_MS };
  const executions = await deps.exchangeOf(account).executions(since, { signal });
  await bookExecutions(account, { executions, cursorMs: flight.startMs }, known, deps);
  return endFlight(deps.redis, account, 'executions', flight);
}
