import { decimal, floorTo, max, min, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { Instrument } from '../model.ts';

/** `riskParameters.priceLimitRatioX` and `priceLimitRatioY` of every contract here. */
export const PRICE_LIMIT_RATIO_X = decimal('0.01');
export const PRICE_LIMIT_RATIO_Y = decimal('0.02');

const ONE = decimal('1');

export interface PriceBand {
  /** The highest price that a limit Buy may have. */
  readonly maxBuy: Decimal;
  /** The lowest price that a limit Sell may have. */
  readonly minSell: Decimal;
}

/**
 * The prices between which limit orders are taken as they are, on the tick and inside the band (reference C.4, the formula
 * of May 2026). `premium` stands for the 30 s average of the last price above the index, in USDT; the momentary one when
 * it is not given. A Buy above `maxBuy` and a Sell below `minSell` are re-priced to the limit, or refused with 110003
 * when the account has switched that off (account/set-limit-px-action); other prices, far targets too, are not touched.
 */
export function priceBand(instrument: Instrument, premium: Decimal = instrument.last - instrument.index): PriceBand {
  const { mark, index, tickSize } = instrument;
  const risen = times(mark, ONE + PRICE_LIMIT_RATIO_X) + max(0n, premium);
  const fallen = times(mark, ONE - PRICE_LIMIT_RATIO_X) + min(0n, premium);
  const maxBuy = min(times(mark, ONE + PRICE_LIMIT_RATIO_Y), max(index, risen));
  const minSell = max(times(mark, ONE - PRICE_LIMIT_RATIO_Y), min(index, fallen));
  return {
    maxBuy: max(floorTo(maxBuy, tickSize), tickSize),
    minSell: max(floorTo(minSell + tickSize - 1n, tickSize), tickSize),
  };
}
