import type { BudgetLane } from '@backstop/core';
import { isUnreadable, reconcileSymbol } from '@backstop/desk';
import { listActive } from '@backstop/store';
import { atMost } from './at-most.ts';
import { readDeps, type ReadParts } from './read-deps.ts';

/** Symbols of an account that are read at the same time. */
const AT_ONCE = 4;

/** What is read, and with which right to the budget. */
export interface SymbolReads {
  readonly account: string;
  readonly lane: BudgetLane;
  readonly signal: AbortSignal;
}

/**
 * Reads the symbols of an account's active monitors one by one: what is left where a listing of all of it holds a row that cannot be
 * read. One that cannot be read is told by name and changes no row, so that nothing vouches for it (F-34). Rejects where anything
 * else goes wrong.
 */
export async function readSymbols(reads: SymbolReads, parts: ReadParts): Promise<void> {
  const { account } = reads;
  const deps = await readDeps(parts);
  const bySymbol = Map.groupBy(await listActive(parts.redis, account), ({ symbol }) => symbol);
  const few = atMost(AT_ONCE);
  const done = await Promise.allSettled(
    [...bySymbol].map(async ([symbol, monitors]) => {
      const positionIdxs = monitors.map(({ positionIdx }) => positionIdx);
      await few(() => reconcileSymbol({ ...reads, symbol, positionIdxs }, deps)).catch((error: unknown) => {
        if (!isUnreadable(error)) throw error;
        parts.log.warn({ account, symbol, why: error.message }, 'a symbol cannot be read: nothing vouches for it');
      });
    }),
  );
  for (const read of done) if (read.status === 'rejected') throw read.reason;
}
