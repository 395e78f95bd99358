import type { BudgetLane } from '@backstop/core';
import type { DeskDeps } from './desk.ts';
import { flyInTurn } from './fly-in-turn.ts';
import { flySymbol, type SymbolRead } from './fly-symbol.ts';

/** As long as reads of the whole account wait when its stream is joined. */
const BUDGET_WAIT_MS = 5_000;

/**
 * Reads one symbol of an account as soon as nobody else does and reads of the account do not rest: what is left where a listing of
 * all of it cannot be read. What lands counts for the session of the stream in which the read began. Rejects with what the exchange
 * did wrong, without a change, and with the signal's reason.
 */
export async function reconcileSymbol(
  read: SymbolRead & { readonly lane: BudgetLane },
  deps: Pick<DeskDeps, 'redis' | 'exchangeOf' | 'receipts' | 'wake' | 'log'>,
): Promise<void> {
  const { account, symbol, positionIdxs, lane, signal } = read;
  const places = positionIdxs.map((positionIdx) => ({ symbol, positionIdx }));
  const own = { account, scope: `symbol:${symbol}`, lane, maxWaitMs: BUDGET_WAIT_MS, signal, places } as const;
  await flyInTurn({ ...own, pilot: (flight) => flySymbol(read, flight, deps) }, deps);
}
