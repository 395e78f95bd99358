import { decimal, floorTo, isMultipleOf, max, placesOf, showFixed, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { Instrument, Order, PriceSource, Side } from './model.ts';
import type { Venue } from './venue.ts';

export type InstrumentSpec = Omit<Instrument, 'symbolId' | 'last' | 'mark' | 'index' | 'seq'> & {
  readonly price: Decimal;
};

const FIRST_SEQ = 9_000_000_000;

/** Lists a contract. Listing it again changes its filters and price and keeps its orders, positions and sequence. */
export function addInstrument(venue: Venue, spec: InstrumentSpec): Instrument {
  const { price, ...filters } = spec;
  const former = venue.instruments.get(spec.symbol);
  const symbolId = former?.symbolId ?? venue.instruments.size + 1;
  const seq = former?.seq ?? FIRST_SEQ + symbolId * 1_000_000;
  const instrument = { ...filters, symbolId, last: price, mark: price, index: price, seq };
  venue.instruments.set(spec.symbol, instrument);
  if (!venue.working.has(spec.symbol)) venue.working.set(spec.symbol, new Set<Order>());
  return instrument;
}

/** The price that a trigger looks at. */
export function sourcePrice(instrument: Instrument, source: PriceSource | ''): Decimal {
  if (source === 'MarkPrice') return instrument.mark;
  return source === 'IndexPrice' ? instrument.index : instrument.last;
}

/** The best price that a taker of this side meets: the ask is the last price, the bid lies the spread below it. */
export function bestPrice(venue: Venue, instrument: Instrument, side: Side): Decimal {
  if (side === 'Buy') return instrument.last;
  return max(instrument.last - BigInt(venue.options.spreadTicks) * instrument.tickSize, instrument.tickSize);
}

/** The worst price that a market order takes: the mark price moved by the protection share (reference C.12). */
export function protectionPrice(venue: Venue, instrument: Instrument, side: Side): Decimal {
  const one = decimal('1');
  const factor = side === 'Buy' ? one + venue.options.protection : one - venue.options.protection;
  return max(floorTo(times(instrument.mark, factor), instrument.tickSize), instrument.tickSize);
}

/** Text with the digits of the tick, as market data shows prices. */
export function showPrice(instrument: Instrument, price: Decimal): string {
  return showFixed(price, placesOf(instrument.tickSize));
}

export function isOnTick(instrument: Instrument, price: Decimal): boolean {
  return isMultipleOf(price, instrument.tickSize);
}
