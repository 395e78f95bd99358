import type { Decimal } from '../decimal.ts';
import { liquidateByMargin } from '../money/liquidate-by-margin.ts';
import { nextSeq } from './next-seq.ts';
import { positionKey } from '../money/positions.ts';
import { trail } from '../stops/trailing.ts';
import { settleMarket } from './trigger.ts';
import { emit, requireAccount, requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

export interface Prices {
  readonly last: Decimal;
  readonly mark: Decimal;
  readonly index: Decimal;
  /** What was traded at the last price, for those who keep the market's tape; nothing here looks at it. */
  readonly size?: Decimal | undefined;
}

/**
 * Moves a symbol's prices at once; everything that they reach on their way is carried out. All must be positive. A new
 * last price is a match of others, with a sequence of its own.
 */
export function movePrice(venue: Venue, symbol: string, { size, ...prices }: Prices): void {
  const instrument = requireInstrument(venue, symbol);
  const from = instrument.last;
  Object.assign(instrument, prices);
  if (prices.last !== from) nextSeq(instrument);
  emit(venue, { type: 'price', symbol, size });
  for (const position of venue.openPositions.get(symbol) ?? []) {
    if (position.trailing !== undefined) trail(venue, requireAccount(venue, position.account), position);
  }
  judgeTriggered(venue, symbol);
  settleMarket(venue, instrument, from);
  liquidateByMargin(venue, symbol);
}

/** A price changes what the truth says of a position only while a stop of it is between trigger and execution. */
function judgeTriggered(venue: Venue, symbol: string): void {
  for (const order of venue.triggered) {
    const position = venue.accounts.get(order.account)?.positions.get(positionKey(symbol, order.positionIdx));
    if (order.symbol === symbol && position !== undefined) venue.touched.add(position);
  }
}
