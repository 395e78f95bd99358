import type { Decimal } from '../decimal.ts';
import type { Instrument, PriceSource } from '../model.ts';

/** The price that a trigger looks at. */
export function sourcePrice(instrument: Instrument, source: PriceSource | ''): Decimal {
  if (source === 'MarkPrice') return instrument.mark;
  return source === 'IndexPrice' ? instrument.index : instrument.last;
}
