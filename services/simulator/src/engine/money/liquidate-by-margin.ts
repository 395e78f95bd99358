import { isIsolated } from './accounts.ts';
import { marginOf } from './account-margin.ts';
import { positionBalance, positionMargin } from './margin.ts';
import type { Account, Position } from '../model.ts';
import { unrealisedPnl } from './positions.ts';
import { takeOver } from './takeover.ts';
import { requireAccount, requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/**
 * Takes over the positions whose margin a price has used up, when the option says so: an isolated position by itself;
 * under cross margin the account's positions, the largest loss first, until what is left covers its maintenance.
 */
export function liquidateByMargin(venue: Venue, symbol: string): void {
  if (venue.options.liquidation !== 'by-margin') return;
  const open = [...(venue.openPositions.get(symbol) ?? [])];
  for (const account of new Set(open.map((position) => requireAccount(venue, position.account)))) {
    if (isIsolated(account)) liquidateIsolated(venue, account, symbol);
    else liquidateCross(venue, account);
  }
}

function liquidateIsolated(venue: Venue, account: Account, symbol: string): void {
  for (const position of openOf(account)) {
    if (position.symbol !== symbol || position.status !== 'Normal') continue;
    const left = positionBalance(venue, account, position) + lossOf(venue, position);
    if (left <= positionMargin(venue, account, position).maintenance) takeOver(venue, account, 'Liq', position);
  }
}

function liquidateCross(venue: Venue, account: Account): void {
  const byLoss = openOf(account).toSorted((a, b) => (lossOf(venue, a) < lossOf(venue, b) ? -1 : 1));
  for (const position of byLoss) {
    const { maintenance, unrealised } = marginOf(venue, account);
    if (account.walletBalance + unrealised > maintenance) return;
    if (position.status === 'Normal') takeOver(venue, account, 'Liq', position);
  }
}

function openOf(account: Account): readonly Position[] {
  return [...account.positions.values()].filter(({ size }) => size > 0n);
}

function lossOf(venue: Venue, position: Position): bigint {
  return unrealisedPnl(position, requireInstrument(venue, position.symbol));
}
