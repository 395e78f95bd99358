import { placesOf, show, showFixed } from '../../engine/decimal.ts';
import type { Instrument } from '../../engine/model.ts';
import { PRICE_LIMIT_RATIO_X, PRICE_LIMIT_RATIO_Y } from '../../engine/orders/price-band.ts';
import { showPrice } from '../../engine/instruments.ts';
import { showQty } from '../../market/show.ts';

const LAUNCH_TIME_MS = '1585526400000';

/** One row of market/instruments-info (reference C.2). */
export function instrumentRow(instrument: Instrument): Record<string, unknown> {
  const { symbol, tickSize, priceScale } = instrument;
  const price = (value: bigint): string => showPrice(instrument, value);
  const qty = (value: bigint): string => showQty(instrument, value);
  return {
    symbol,
    symbolId: instrument.symbolId,
    contractType: 'LinearPerpetual',
    status: instrument.status,
    baseCoin: symbol.replace(/USDT$/, ''),
    quoteCoin: 'USDT',
    launchTime: LAUNCH_TIME_MS,
    deliveryTime: String(instrument.deliveryTimeMs),
    deliveryFeeRate: '',
    priceScale: String(priceScale ?? placesOf(tickSize)),
    leverageFilter: { minLeverage: '1', maxLeverage: mostLeverage(instrument), leverageStep: '0.01' },
    priceFilter: { minPrice: price(tickSize), maxPrice: price(tickSize * 19_999_998n), tickSize: price(tickSize) },
    lotSizeFilter: {
      maxOrderQty: qty(instrument.maxOrderQty),
      minOrderQty: qty(instrument.minOrderQty),
      qtyStep: qty(instrument.qtyStep),
      postOnlyMaxOrderQty: qty(instrument.maxOrderQty),
      maxMktOrderQty: qty(instrument.maxMktOrderQty),
      minNotionalValue: show(instrument.minNotionalValue),
    },
    unifiedMarginTrade: true,
    fundingInterval: instrument.fundingInterval,
    settleCoin: 'USDT',
    copyTrading: 'both',
    upperFundingRate: '0.00375',
    lowerFundingRate: '-0.00375',
    isPreListing: false,
    preListingInfo: null,
    riskParameters: { priceLimitRatioX: show(PRICE_LIMIT_RATIO_X), priceLimitRatioY: show(PRICE_LIMIT_RATIO_Y) },
    displayName: '',
    symbolType: '',
  };
}

/** That of the lowest tier (reference C.4). */
function mostLeverage({ riskTiers }: Instrument): string {
  return showFixed(riskTiers[0]?.maxLeverage ?? 0n, 2);
}
