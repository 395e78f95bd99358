import { ExchangeError } from '@backstop/core';
import { isListedUnder } from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import { flyAccount } from './fly-account.ts';
import { flyExecutions } from './fly-executions.ts';
import { flyInTurn } from './fly-in-turn.ts';

/** A reconciliation restores what protects: it waits for its budget rather than fail. */
const BUDGET_WAIT_MS = 5_000;

/** What is to be read again: an account whose frames come since a session of its stream was opened. */
export interface Reconciliation {
  readonly account: string;
  readonly session: string;
  readonly signal: AbortSignal;
}

/**
 * Reads all that frames before the session may have told: positions, orders, and executions since the last read of them. A read
 * that others began before the session is waited for and does not count; one that they made since then does. Executions come
 * first: the rows then find their sums. Rejects when something of it could not be read, or not in a way that the session vouches for.
 */
export async function reconcileAccount(
  { account, session, signal }: Reconciliation,
  deps: Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts' | 'wake' | 'log'>,
): Promise<void> {
  const own = { account, signal, lane: 'protective', maxWaitMs: BUDGET_WAIT_MS } as const;
  await flyInTurn({ ...own, scope: 'executions', pilot: (flight) => flyExecutions(own, flight, deps) }, deps);
  const isDone = (): Promise<boolean> => isListedUnder(deps.redis, account, session);
  await flyInTurn({ ...own, scope: 'account', pilot: (flight) => flyAccount(own, flight, deps), isDone }, deps);
  if (!(await isDone()))
    throw new ExchangeError('unavailable', 'its rows took too long to read: nothing would vouch for them');
}
