import type { Account } from '../../engine/model.ts';
import type { Venue } from '../../engine/venue.ts';
import { walletRow } from '../../http/rows/wallet-row.ts';
import { arranged } from './arranged.ts';

/** In the order of the captures. */
const NAMES = [
  'accountIMRate',
  'accountMMRate',
  'accountIMRateByMp',
  'accountMMRateByMp',
  'totalEquity',
  'totalWalletBalance',
  'totalMarginBalance',
  'totalAvailableBalance',
  'totalPerpUPL',
  'totalInitialMargin',
  'totalMaintenanceMargin',
  'totalInitialMarginByMp',
  'totalMaintenanceMarginByMp',
  'coin',
  'accountLTV',
  'accountType',
];

const COIN_NAMES = [
  'coin',
  'equity',
  'usdValue',
  'walletBalance',
  'availableToWithdraw',
  'availableToBorrow',
  'borrowAmount',
  'accruedInterest',
  'totalOrderIM',
  'totalPositionIM',
  'totalPositionMM',
  'unrealisedPnl',
  'cumRealisedPnl',
  'bonus',
  'collateralSwitch',
  'marginCollateral',
  'locked',
  'spotHedgingQty',
  'spotBorrow',
];

/** The row of the `wallet` topic with the coins that changed; everything here settles in USDT (reference D.4). */
export function walletFrameRow(venue: Venue, account: Account): Record<string, unknown> {
  const row = walletRow(venue, account);
  const coins = Array.isArray(row['coin']) ? row['coin'].filter(({ coin }) => coin === 'USDT') : [];
  return arranged(NAMES, {
    ...row,
    coin: coins.map((coin: Record<string, unknown>) => arranged(COIN_NAMES, { ...coin, borrowAmount: '0' })),
  });
}
