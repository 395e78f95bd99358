import { ExchangeError } from '@backstop/core';
import type { Landed } from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import { flyAccount } from './fly-account.ts';
import { flyAtOnce } from './fly-at-once.ts';
import type { Flight } from './take-off.ts';

const BUDGET_WAIT_MS = 2_000;
const WHY_NOT = { held: 'another process is reading it', resting: 'its reads rest after a failure' } as const;

/**
 * Reads a whole account from the exchange because somebody wants to see it as it is now, and positions that no plan is on are found by it: not on the lane with the
 * least right, which gets nothing while stops wait.
 * Where another process reads it already, or reads rest after a failure, nothing is read: the answer says so. Never rejects
 * because of the exchange: what it did wrong is the answer.
 */
export async function refreshAccount(
  account: string,
  signal: AbortSignal,
  deps: Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts' | 'wake'> & Partial<Pick<DeskDeps, 'log'>>,
): Promise<string> {
  const own = { account, scope: 'account', lane: 'take-profit', maxWaitMs: BUDGET_WAIT_MS } as const;
  const pilot = (flight: Flight): Promise<Landed> => flyAccount({ account, signal }, flight, deps);
  try {
    const end = await flyAtOnce({ ...own, pilot }, deps);
    return end.end === 'flown' ? 'read' : WHY_NOT[end.why];
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return `not read: ${error.message}`;
  }
}
