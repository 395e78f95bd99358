import { roundTo, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { Account, FeeRates } from '../model.ts';
import type { Venue } from '../venue.ts';

/** Fees are booked with so many digits: 64.6273 x 0.00055 = 0.035545015 is charged as 0.03554502 (reference D.4). */
const FEE_PLACES = 8;

/** The account's rates for a symbol, its rates for all, or the venue's (reference E.1). */
export function feeRatesOf({ options }: Venue, { feeRates }: Account, symbol: string): FeeRates {
  return feeRates.get(symbol) ?? feeRates.get('') ?? { taker: options.takerFeeRate, maker: options.makerFeeRate };
}

/** The rate that closing fees are reserved at: the taker's with the tax on it. */
export function reserveRateOf(venue: Venue, account: Account, symbol: string): Decimal {
  return feeRatesOf(venue, account, symbol).taker + venue.options.extraFeeRate;
}

export interface Charge {
  readonly feeRate: Decimal;
  readonly fee: Decimal;
  /** The tax on top, with all its digits. */
  readonly extraFeeRate: Decimal;
  readonly extraFee: Decimal;
}

/** What executing a value costs; negative rates are rebates. */
export function chargeOf(
  venue: Venue,
  account: Account,
  trade: { symbol: string; value: Decimal; isMaker: boolean },
): Charge {
  const rates = feeRatesOf(venue, account, trade.symbol);
  const feeRate = trade.isMaker ? rates.maker : rates.taker;
  const { extraFeeRate } = venue.options;
  const fee = roundTo(times(trade.value, feeRate), FEE_PLACES);
  return { feeRate, fee, extraFeeRate, extraFee: times(trade.value, extraFeeRate) };
}
