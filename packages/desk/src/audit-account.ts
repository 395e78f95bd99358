import { landPositions, listActive, type DriftCandidate, type Landed } from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import { compareAccount } from './fly-account.ts';
import { flyExecutions } from './fly-executions.ts';
import { flyAtOnce, wakeWaiters } from './own-flight.ts';

/** An audit may wait as long as nobody needs it; what it does not get then, the next one may. */
const BUDGET_WAIT_MS = 2_000;

/** Where the cache, vouched for by a live stream, was not what the exchange lists; undefined = it was not read. */
export type Audited = readonly DriftCandidate[] | undefined;

type AuditDeps = Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts' | 'wake' | 'log'>;

/**
 * Reads the positions of an account that a stream keeps current, with the least right to the budget, and lands them: what they
 * say counts. Not read while somebody else does or while reads of the account rest. Rejects when the exchange or Redis does wrong.
 */
export async function auditPositions(account: string, signal: AbortSignal, deps: AuditDeps): Promise<Audited> {
  const own = { account, signal, lane: 'audit', maxWaitMs: BUDGET_WAIT_MS, scope: 'positions' } as const;
  const { flown } = await flyAtOnce(
    {
      ...own,
      pilot: async (flight) => {
        const positions = await deps.exchangeOf(account).positions({}, { signal });
        const places = await listActive(deps.redis, account);
        return landPositions(deps.redis, account, { ...flight, positions, places });
      },
    },
    deps,
  );
  return driftOf(flown, deps);
}

/** Reads positions and orders of an account in the same way, and takes note of what no plan attends. */
export async function auditAccount(account: string, signal: AbortSignal, deps: AuditDeps): Promise<Audited> {
  const own = { account, signal, lane: 'audit', maxWaitMs: BUDGET_WAIT_MS, scope: 'account' } as const;
  const { flown } = await flyAtOnce({ ...own, pilot: (flight) => compareAccount(own, flight, deps) }, deps);
  return driftOf(flown, deps);
}

/**
 * Reads what the account executed since the last such read, so that the next one after a loss of the stream finds little.
 * Resolves with whether it was read.
 */
export async function auditExecutions(account: string, signal: AbortSignal, deps: AuditDeps): Promise<boolean> {
  const own = { account, signal, lane: 'audit', maxWaitMs: BUDGET_WAIT_MS, scope: 'executions' } as const;
  const { flown } = await flyAtOnce({ ...own, pilot: (flight) => flyExecutions(own, flight, deps) }, deps);
  await wakeWaiters(flown ?? [], deps);
  return flown !== undefined;
}

async function driftOf(landed: Landed | undefined, deps: AuditDeps): Promise<Audited> {
  await wakeWaiters(landed?.waiters ?? [], deps);
  return landed?.drift;
}
