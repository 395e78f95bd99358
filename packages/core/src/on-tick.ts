import { ceilTo, floorTo } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { Instrument, Side } from './model.ts';

/**
 * A level at which a position of `side` closes, as the exchange takes it under the trading rules of now: rounded away from loss.
 * What was made under a finer tick would be refused (reference C.2). A level on the tick stays what it is.
 */
export function onTick(level: Decimal, side: Side, { tickSize }: Pick<Instrument, 'tickSize'>): Decimal {
  return side === 'Buy' ? ceilTo(level, tickSize) : floorTo(level, tickSize);
}
