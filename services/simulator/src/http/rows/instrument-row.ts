import { showPrice } from '../../engine/instruments.ts';
import { placesOf, show } from '../../engine/decimal.ts';
import type { Instrument } from '../../engine/model.ts';

const LAUNCH_TIME_MS = '1585526400000';

/** One row of market/instruments-info (reference C.2). */
export function instrumentRow(instrument: Instrument): Record<string, unknown> {
  const { symbol, tickSize } = instrument;
  return {
    symbol,
    symbolId: instrument.symbolId,
    contractType: 'LinearPerpetual',
    status: instrument.status,
    baseCoin: symbol.replace(/USDT$/, ''),
    quoteCoin: 'USDT',
    settleCoin: 'USDT',
    launchTime: LAUNCH_TIME_MS,
    deliveryTime: String(instrument.deliveryTimeMs),
    deliveryFeeRate: '',
    priceScale: String(placesOf(tickSize)),
    leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
    priceFilter: { minPrice: show(tickSize), maxPrice: show(tickSize * 19_999_998n), tickSize: show(tickSize) },
    lotSizeFilter: {
      maxOrderQty: show(instrument.maxOrderQty),
      minOrderQty: show(instrument.minOrderQty),
      qtyStep: show(instrument.qtyStep),
      postOnlyMaxOrderQty: show(instrument.maxOrderQty),
      maxMktOrderQty: show(instrument.maxMktOrderQty),
      minNotionalValue: show(instrument.minNotionalValue),
    },
    unifiedMarginTrade: true,
    fundingInterval: instrument.fundingInterval,
    copyTrading: 'both',
    upperFundingRate: '0.00375',
    lowerFundingRate: '-0.00375',
    isPreListing: false,
    preListingInfo: null,
    riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' },
    displayName: '',
    symbolType: '',
  };
}

/** One row of market/tickers (reference C.3); what this exchange does not model is constant. */
export function tickerRow(instrument: Instrument, best: { bid: bigint; ask: bigint }): Record<string, unknown> {
  const price = (value: bigint): string => showPrice(instrument, value);
  const last = price(instrument.last);
  return {
    symbol: instrument.symbol,
    lastPrice: last,
    indexPrice: price(instrument.index),
    markPrice: price(instrument.mark),
    prevPrice24h: last,
    price24hPcnt: '0',
    highPrice24h: last,
    lowPrice24h: last,
    prevPrice1h: last,
    openInterest: '0',
    openInterestValue: '0',
    singleOpenInterest: '0',
    singleOpenInterestValue: '0',
    turnover24h: '0',
    volume24h: '0',
    fundingRate: '0.0001',
    nextFundingTime: '0',
    fundingIntervalHour: String(Math.round(instrument.fundingInterval / 60)),
    fundingCap: '0.00375',
    predictedDeliveryPrice: '',
    basisRate: '',
    basisRateYear: '',
    basis: '',
    deliveryFeeRate: '',
    deliveryTime: String(instrument.deliveryTimeMs),
    ask1Price: price(best.ask),
    ask1Size: show(instrument.maxOrderQty),
    bid1Price: price(best.bid),
    bid1Size: show(instrument.maxOrderQty),
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
  };
}
