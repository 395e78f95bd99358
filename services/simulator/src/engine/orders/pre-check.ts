import { isIsolated } from '../money/accounts.ts';
import { max, over, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { availableBalance, marginOf } from '../money/account-margin.ts';
import { marginToOpen } from '../money/margin.ts';
import type { Account, PositionIdx, Side } from '../model.ts';
import { onGrid } from './on-grid.ts';
import { checkPositionIdx, checkQty, tradable } from './order-checks.ts';
import { positionOf } from '../money/positions.ts';
import { refusals } from '../refusal.ts';
import { tierOf } from '../money/risk-tiers.ts';
import type { Venue } from '../venue.ts';

export interface PreCheckRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: 'Market' | 'Limit';
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly positionIdx: PositionIdx;
}

/** Shares of the margin balance. */
interface Rates {
  readonly initial: Decimal;
  readonly maintenance: Decimal;
}

/**
 * What an order would do to the account's margin rates. Throws a Refusal as its create would: 10001 for isolated
 * accounts, 110007 when the free balance does not bear it.
 */
export function preCheck(venue: Venue, account: Account, asked: PreCheckRequest): { before: Rates; after: Rates } {
  const instrument = tradable(venue, asked.symbol);
  const request = onGrid(venue, instrument, asked);
  checkPositionIdx(account, request.symbol, request.positionIdx);
  if (isIsolated(account)) throw refusals.parameter('isolated margin mode does not support pre-check');
  checkQty(instrument, request.qty, request.orderType);
  const position = positionOf(venue, account, request.symbol, request.positionIdx);
  const price = request.orderType === 'Limit' ? request.price : instrument.last;
  const added = marginToOpen(venue, account, position, { ...request, price });
  if (added > availableBalance(venue, account)) throw refusals.balance();

  const margin = marginOf(venue, account);
  const equity = account.walletBalance + margin.unrealised;
  const initial = margin.positionMargin + margin.orderMargin;
  const tier = tierOf(instrument.riskTiers, times(position.size, instrument.mark));
  const addedMaintenance = added === 0n ? 0n : times(times(request.qty, price), tier.maintenanceRate);
  const rates = (numerators: Rates): Rates => ({
    initial: equity > 0n ? over(max(numerators.initial, 0n), equity) : 0n,
    maintenance: equity > 0n ? over(numerators.maintenance, equity) : 0n,
  });
  return {
    before: rates({ initial, maintenance: margin.maintenance }),
    after: rates({ initial: initial + added, maintenance: margin.maintenance + addedMaintenance }),
  };
}
