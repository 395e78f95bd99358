import type { PositionIdx } from '@backstop/core';
import { landSymbol } from '@backstop/store';
import type { Flown } from './attempt-flight.ts';
import type { DeskDeps } from './desk.ts';
import type { Flight } from './take-off.ts';

/** A symbol of an account, and the places there that are landed even where nothing is listed of them. */
export interface SymbolRead {
  readonly account: string;
  readonly symbol: string;
  readonly positionIdxs: readonly PositionIdx[];
  readonly signal: AbortSignal;
}

/** Reads one symbol and lands its rows; resolves with who waited for it. Rejects without a change. */
export async function flySymbol(
  { account, symbol, positionIdxs, signal }: SymbolRead,
  flight: Flight,
  { redis, exchangeOf, receipts }: Pick<DeskDeps, 'redis' | 'exchangeOf' | 'receipts'>,
): Promise<Flown> {
  const exchange = exchangeOf(account);
  const [positions, orders] = await Promise.all([
    exchange.positions({ symbol }, { signal }),
    exchange.openOrders({ symbol }, { signal }),
  ]);
  const idxs = [...new Set([...positionIdxs, ...[...positions, ...orders].map(({ positionIdx }) => positionIdx)])];
  const waiters = await landSymbol(redis, account, { ...flight, symbol, idxs, positions, orders });
  receipts.landed(account, symbol, flight.startMs);
  return { waiters };
}
