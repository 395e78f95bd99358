import { isIsolated } from '../../engine/money/accounts.ts';
import { cutTo, over, roundTo, show, times } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';
import { marginOf } from '../../engine/money/account-margin.ts';
import type { Margin } from '../../engine/money/margin.ts';
import type { Account } from '../../engine/model.ts';
import type { Venue } from '../../engine/venue.ts';

const MONEY_PLACES = 8;
const RATE_PLACES = 4;
/** With all its digits, unlike on the stream (captures). */
const NOTHING_BORROWED = '0.000000000000000000';

/**
 * The one row of account/wallet-balance: a unified account that holds USDT only (reference C.9). Names come in the order
 * of the captures, then younger ones.
 */
export function walletRow(venue: Venue, account: Account): Record<string, unknown> {
  const margin = marginOf(venue, account);
  const usd = (value: Decimal): string => money(times(value, venue.options.usdtIndexPrice));
  const equity = account.walletBalance + margin.unrealised;
  const totals = isIsolated(account) ? ISOLATED_TOTALS : crossTotals(equity, margin, usd);
  return {
    totalEquity: usd(equity),
    accountIMRate: totals.accountIMRate,
    totalMarginBalance: totals.totalMarginBalance,
    totalInitialMargin: totals.totalInitialMargin,
    accountType: 'UNIFIED',
    totalAvailableBalance: totals.totalAvailableBalance,
    accountMMRate: totals.accountMMRate,
    totalPerpUPL: usd(margin.unrealised),
    totalWalletBalance: usd(account.walletBalance),
    accountLTV: '0',
    totalMaintenanceMargin: totals.totalMaintenanceMargin,
    coin: [coinRow(account, margin, usd(equity))],
    accountIMRateByMp: totals.accountIMRateByMp,
    accountMMRateByMp: totals.accountMMRateByMp,
    totalInitialMarginByMp: totals.totalInitialMarginByMp,
    totalMaintenanceMarginByMp: totals.totalMaintenanceMarginByMp,
  };
}

/** What is said of the whole account has no meaning where each position stands for itself. */
const ISOLATED_TOTALS = {
  accountIMRate: '',
  accountMMRate: '',
  accountIMRateByMp: '',
  accountMMRateByMp: '',
  totalMarginBalance: '',
  totalAvailableBalance: '',
  totalInitialMargin: '',
  totalMaintenanceMargin: '',
  totalInitialMarginByMp: '',
  totalMaintenanceMarginByMp: '',
} as const;

type Totals = Readonly<Record<keyof typeof ISOLATED_TOTALS, string>>;

function crossTotals(equity: Decimal, margin: Margin, usd: (value: Decimal) => string): Totals {
  const initial = margin.positionMargin + margin.orderMargin;
  const initialByMark = margin.positionMarginByMark + margin.orderMargin;
  return {
    accountIMRate: rate(initial, equity),
    accountMMRate: rate(margin.maintenance, equity),
    accountIMRateByMp: rate(initialByMark, equity),
    accountMMRateByMp: rate(margin.maintenanceByMark, equity),
    totalMarginBalance: usd(equity),
    totalAvailableBalance: usd(equity - initial),
    totalInitialMargin: usd(initial),
    totalMaintenanceMargin: usd(margin.maintenance),
    totalInitialMarginByMp: usd(initialByMark),
    totalMaintenanceMarginByMp: usd(margin.maintenanceByMark),
  };
}

function coinRow(account: Account, margin: Margin, usdValue: string): Record<string, unknown> {
  return {
    availableToBorrow: '',
    bonus: '0',
    accruedInterest: '0',
    availableToWithdraw: '',
    totalOrderIM: show(margin.orderMargin),
    totalPositionMM: show(margin.maintenance),
    unrealisedPnl: show(roundTo(margin.unrealised, MONEY_PLACES)),
    collateralSwitch: true,
    spotHedgingQty: '0',
    borrowAmount: NOTHING_BORROWED,
    totalPositionIM: show(margin.positionMargin),
    locked: '0',
    marginCollateral: true,
    equity: money(account.walletBalance + margin.unrealised),
    usdValue,
    walletBalance: money(account.walletBalance),
    cumRealisedPnl: money(account.cumRealisedPnl),
    coin: 'USDT',
    colRes: '',
    spotBorrow: '0',
    free: '',
  };
}

function money(value: Decimal): string {
  return show(cutTo(value, MONEY_PLACES));
}

/** Rates are cut as well: 0.40836 is shown as 0.4083. */
function rate(margin: Decimal, equity: Decimal): string {
  return equity > 0n ? show(cutTo(over(margin, equity), RATE_PLACES)) : '0';
}
