import { decimal, floorTo, isMultipleOf, max, placesOf, showFixed, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { Instrument, Order, Side } from './model.ts';
import { createPriceQueues } from './orders/price-queues.ts';
import { riskTiers } from './money/risk-tiers.ts';
import type { TierSpec } from './money/risk-tiers.ts';
import { emit, requireInstrument } from './venue.ts';
import type { Venue } from './venue.ts';

type Given = 'symbolId' | 'last' | 'mark' | 'index' | 'seq' | 'riskTiers' | 'fundingRate' | 'fundedUntilMs';

export type InstrumentSpec = Omit<Instrument, Given> & {
  readonly price: Decimal;
  /** Lowest first; a common ladder when missing. */
  readonly riskTiers?: readonly TierSpec[] | undefined;
  readonly fundingRate?: Decimal | undefined;
};

const STANDARD_FUNDING_RATE = decimal('0.0001');
const FIRST_SEQ = 9_000_000_000;

/** Lists a contract. Listing it again changes its filters and price and keeps its orders, positions and sequence. */
export function addInstrument(venue: Venue, spec: InstrumentSpec): Instrument {
  const { price, riskTiers: tiers, fundingRate, ...filters } = spec;
  const former = venue.instruments.get(spec.symbol);
  const symbolId = former?.symbolId ?? venue.instruments.size + 1;
  const kept = former ?? {
    seq: FIRST_SEQ + symbolId * 1_000_000,
    fundingRate: STANDARD_FUNDING_RATE,
    fundedUntilMs: venue.nowMs(),
  };
  const instrument = {
    ...filters,
    riskTiers: riskTiers(symbolId, tiers),
    fundingRate: fundingRate ?? kept.fundingRate,
    fundedUntilMs: kept.fundedUntilMs,
    symbolId,
    last: price,
    mark: price,
    index: price,
    seq: kept.seq,
  };
  venue.instruments.set(spec.symbol, instrument);
  if (former === undefined) openBooks(venue, spec.symbol);
  emit(venue, { type: 'price', symbol: spec.symbol });
  return instrument;
}

function openBooks(venue: Venue, symbol: string): void {
  venue.working.set(symbol, new Set<Order>());
  venue.queues.set(symbol, createPriceQueues());
  venue.openPositions.set(symbol, new Set());
}

/** The best price that a taker of this side meets: the ask is the last price, the bid lies the spread below it. */
export function bestPrice(venue: Venue, instrument: Instrument, side: Side): Decimal {
  if (side === 'Buy') return instrument.last;
  return max(instrument.last - BigInt(venue.options.spreadTicks) * instrument.tickSize, instrument.tickSize);
}

/** The worst price that a market order takes: the mark (or last) price moved by the protection share (reference C.12). */
export function protectionPrice(venue: Venue, instrument: Instrument, side: Side): Decimal {
  const one = decimal('1');
  const factor = side === 'Buy' ? one + venue.options.protection : one - venue.options.protection;
  const base = venue.options.protectionBase === 'mark' ? instrument.mark : instrument.last;
  return max(floorTo(times(base, factor), instrument.tickSize), instrument.tickSize);
}

type Filters = 'tickSize' | 'qtyStep' | 'minOrderQty' | 'maxOrderQty' | 'maxMktOrderQty' | 'minNotionalValue';

/** What the exchange may change about a contract while it is traded; what is not named stays. */
export type InstrumentChange = {
  readonly [Name in Filters | 'status' | 'deliveryTimeMs' | 'fundingInterval']?: Instrument[Name] | undefined;
};

/**
 * Changes the filters or the status of a listed contract under its orders and positions, which stay as they are (reference
 * C.2). Throws an Error for a symbol that is not listed.
 */
export function changeInstrument(venue: Venue, symbol: string, change: InstrumentChange): Instrument {
  const instrument = requireInstrument(venue, symbol);
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.assign(instrument, Object.fromEntries(named));
}

/** Text with the digits of the tick, as market data shows prices. */
export function showPrice(instrument: Instrument, price: Decimal): string {
  return showFixed(price, instrument.priceScale ?? placesOf(instrument.tickSize));
}

export function isOnTick(instrument: Instrument, price: Decimal): boolean {
  return isMultipleOf(price, instrument.tickSize);
}
