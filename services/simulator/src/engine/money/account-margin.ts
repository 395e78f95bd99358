import { isIsolated } from './accounts.ts';
import type { Decimal } from '../decimal.ts';
import { heldMargin } from './held-margin.ts';
import type { Margin } from './margin.ts';
import type { Account } from '../model.ts';
import type { Venue } from '../venue.ts';

/** The sums over an account's open positions and orders. */
export function marginOf(venue: Venue, account: Account): Margin {
  const positions = { positionMargin: 0n, positionMarginByMark: 0n, maintenance: 0n, maintenanceByMark: 0n };
  const sum = { ...positions, orderMargin: 0n, unrealised: 0n };
  for (const position of account.positions.values()) {
    const held = heldMargin(venue, account, position);
    sum.positionMargin += held.positionMargin;
    sum.positionMarginByMark += held.positionMarginByMark;
    sum.maintenance += held.maintenance;
    sum.maintenanceByMark += held.maintenanceByMark;
    sum.orderMargin += held.orderMargin;
    sum.unrealised += held.unrealised;
  }
  return sum;
}

/** USDT that may still be bound as initial margin; the profit of isolated positions is not part of it. */
export function availableBalance(venue: Venue, account: Account): Decimal {
  const margin = marginOf(venue, account);
  const equity = isIsolated(account) ? account.walletBalance : account.walletBalance + margin.unrealised;
  return equity - margin.positionMargin - margin.orderMargin;
}
