import { decimal, max, over, roundTo, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { Account, Instrument, Position, PositionIdx } from '../model.ts';
import type { Venue } from '../venue.ts';

const AVERAGE_PLACES = 8;
const LEAST_BREAK_EVEN_FEE = decimal('0.00055');

export function positionKey(symbol: string, positionIdx: PositionIdx): string {
  return `${symbol}:${positionIdx}`;
}

/** The position's row, made flat when there was none. */
export function positionOf(venue: Venue, account: Account, symbol: string, positionIdx: PositionIdx): Position {
  const key = positionKey(symbol, positionIdx);
  const known = account.positions.get(key);
  if (known !== undefined) return known;
  const nowMs = venue.nowMs();
  const position: Position = {
    account: account.name,
    symbol,
    positionIdx,
    side: '',
    size: 0n,
    entryValue: 0n,
    openFees: 0n,
    curRealisedPnl: 0n,
    cumRealisedPnl: 0n,
    addedMargin: 0n,
    autoAddMargin: 0,
    status: 'Normal',
    stopLoss: undefined,
    takeProfit: undefined,
    trailing: undefined,
    orders: new Set(),
    seq: -1,
    createdAtMs: nowMs,
    wasOpened: false,
    updatedAtMs: nowMs,
    openedAtMs: 0,
  };
  account.positions.set(key, position);
  return position;
}

/** Rounded to 8 digits as the exchange shows it; 0n when flat. */
export function averagePrice(position: Position): Decimal {
  return position.size === 0n ? 0n : roundTo(over(position.entryValue, position.size), AVERAGE_PLACES);
}

export function unrealisedPnl(position: Position, instrument: Instrument): Decimal {
  const value = times(instrument.mark, position.size);
  return position.side === 'Buy' ? value - position.entryValue : position.entryValue - value;
}

/** Reference E.2; contains the profit that was already taken. 0n when flat. */
export function breakEvenPrice(position: Position, takerFeeRate: Decimal): Decimal {
  if (position.size === 0n) return 0n;
  const rate = max(takerFeeRate, LEAST_BREAK_EVEN_FEE);
  const one = decimal('1');
  const [value, factor] =
    position.side === 'Buy'
      ? [position.entryValue - position.curRealisedPnl, one - rate]
      : [position.entryValue + position.curRealisedPnl, one + rate];
  return roundTo(over(value, times(position.size, factor)), AVERAGE_PLACES);
}

/** Has listeners told of the position's row, once per match, and its protection judged at the end of the command. */
export function touch(venue: Venue, position: Position): void {
  venue.touched.add(position);
  venue.margins.delete(position);
  venue.pending.positions.add(position);
}
