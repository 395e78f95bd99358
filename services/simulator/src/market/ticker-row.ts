import { over, show, showFixed, times } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import { nextFundingMs } from '../engine/money/funding.ts';
import type { Instrument } from '../engine/model.ts';
import { requireInstrument } from '../engine/venue.ts';
import type { DayFigures } from './day-figures.ts';
import type { Market } from './market.ts';
import { bookOf } from './order-book.ts';
import { showPrice } from '../engine/instruments.ts';
import { showQty } from './show.ts';

const SHARE_PLACES = 6;
const DAY_PLACES = 4;
const VALUE_PLACES = 2;

/** A ticker: every value a text. */
export type TickerRow = Readonly<Record<string, string>>;

/**
 * One row of market/tickers (reference C.3), names in the order of the captures, then younger ones. Open interest counts
 * both sides of each contract, `single...` one.
 */
export function tickerRow(market: Market, symbol: string): TickerRow {
  const { venue } = market.engine;
  const instrument = requireInstrument(venue, symbol);
  const nowMs = venue.nowMs();
  const tape = market.tape(symbol);
  const day = tape.day(tape.bars.last, nowMs);
  const interest = interestFields(market, instrument);
  return {
    symbol,
    lastPrice: showPrice(instrument, instrument.last),
    indexPrice: showPrice(instrument, instrument.index),
    markPrice: showPrice(instrument, instrument.mark),
    ...priceFields(instrument, day),
    openInterest: interest.openInterest,
    openInterestValue: interest.openInterestValue,
    turnover24h: showFixed(day.turnover, DAY_PLACES),
    volume24h: showFixed(day.volume, DAY_PLACES),
    fundingRate: show(instrument.fundingRate),
    nextFundingTime: String(nextFundingMs(instrument, nowMs)),
    predictedDeliveryPrice: '',
    basisRate: '',
    deliveryFeeRate: '',
    deliveryTime: String(instrument.deliveryTimeMs),
    ...bestFields(market, instrument),
    basis: '',
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
    fundingIntervalHour: String(Math.round(instrument.fundingInterval / 60)),
    basisRateYear: '',
    fundingCap: '0.00375',
    singleOpenInterest: interest.singleOpenInterest,
    singleOpenInterestValue: interest.singleOpenInterestValue,
  };
}

function priceFields(instrument: Instrument, day: DayFigures): TickerRow {
  return {
    prevPrice24h: showPrice(instrument, day.price24hAgo),
    price24hPcnt: shareText(over(instrument.last - day.price24hAgo, day.price24hAgo)),
    highPrice24h: showPrice(instrument, day.high),
    lowPrice24h: showPrice(instrument, day.low),
    prevPrice1h: showPrice(instrument, day.price1hAgo),
  };
}

type InterestName = 'openInterest' | 'openInterestValue' | 'singleOpenInterest' | 'singleOpenInterestValue';

function interestFields(market: Market, instrument: Instrument): Readonly<Record<InterestName, string>> {
  const single = market.tape(instrument.symbol).openInterest.total;
  const value = times(single, instrument.mark);
  return {
    openInterest: showQty(instrument, 2n * single),
    openInterestValue: showFixed(2n * value, VALUE_PLACES),
    singleOpenInterest: showQty(instrument, single),
    singleOpenInterestValue: showFixed(value, VALUE_PLACES),
  };
}

function bestFields({ engine }: Market, instrument: Instrument): TickerRow {
  const { bids, asks } = bookOf(engine.venue, instrument, 1);
  const [[bid, bidSize] = [0n, 0n]] = bids;
  const [[ask, askSize] = [0n, 0n]] = asks;
  return {
    ask1Size: showQty(instrument, askSize),
    bid1Price: showPrice(instrument, bid),
    ask1Price: showPrice(instrument, ask),
    bid1Size: showQty(instrument, bidSize),
  };
}

/** Cut off after six digits, as the captures are. */
function shareText(share: Decimal): string {
  const unit = 10n ** BigInt(18 - SHARE_PLACES);
  return show((share / unit) * unit);
}
