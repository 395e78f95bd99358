import { marginOf } from '../../engine/accounts.ts';
import { over, roundTo, show } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';
import type { Account } from '../../engine/model.ts';
import type { Venue } from '../../engine/venue.ts';

const MONEY_PLACES = 8;
const RATE_PLACES = 4;

/** The one row of account/wallet-balance: a unified account that holds USDT only (reference C.9). */
export function walletRow(venue: Venue, account: Account): Record<string, unknown> {
  const { positionMargin, orderMargin, unrealised } = marginOf(venue, account);
  const equity = account.walletBalance + unrealised;
  const initial = positionMargin + orderMargin;
  const rate = equity > 0n ? show(roundTo(over(initial, equity), RATE_PLACES)) : '0';
  return {
    accountType: 'UNIFIED',
    accountIMRate: rate,
    accountMMRate: '0',
    accountIMRateByMp: rate,
    accountMMRateByMp: '0',
    accountLTV: '0',
    totalEquity: money(equity),
    totalWalletBalance: money(account.walletBalance),
    totalMarginBalance: money(equity),
    totalAvailableBalance: money(equity - initial),
    totalPerpUPL: money(unrealised),
    totalInitialMargin: money(initial),
    totalMaintenanceMargin: '0',
    coin: [
      {
        coin: 'USDT',
        equity: money(equity),
        usdValue: money(equity),
        walletBalance: money(account.walletBalance),
        locked: '0',
        spotHedgingQty: '0',
        borrowAmount: '0',
        accruedInterest: '0',
        totalOrderIM: money(orderMargin),
        totalPositionIM: money(positionMargin),
        totalPositionMM: '0',
        unrealisedPnl: money(unrealised),
        cumRealisedPnl: money(account.cumRealisedPnl),
        bonus: '0',
        marginCollateral: true,
        collateralSwitch: true,
        spotBorrow: '0',
        availableToBorrow: '',
        availableToWithdraw: '',
      },
    ],
  };
}

function money(value: Decimal): string {
  return show(roundTo(value, MONEY_PLACES));
}
