import type { Decimal } from './decimal.ts';
import type { Position } from './model.ts';
import { trail } from './stops.ts';
import { settleMarket } from './trigger.ts';
import { emit, requireInstrument } from './venue.ts';
import type { Venue } from './venue.ts';

export interface Prices {
  readonly last: Decimal;
  readonly mark: Decimal;
  readonly index: Decimal;
}

/** Moves a symbol's prices at once; everything that they reach on their way is carried out. All must be positive. */
export function movePrice(venue: Venue, symbol: string, prices: Prices): void {
  const instrument = requireInstrument(venue, symbol);
  const from = instrument.last;
  Object.assign(instrument, prices);
  emit(venue, { type: 'price', symbol });
  for (const position of openPositions(venue, symbol)) {
    const account = venue.accounts.get(position.account);
    if (account !== undefined) trail(venue, account, position);
    venue.touched.add(position);
  }
  settleMarket(venue, instrument, from);
}

/** Open positions of all accounts on a symbol. */
function openPositions(venue: Venue, symbol: string): readonly Position[] {
  return [...venue.accounts.values()].flatMap(({ positions }) =>
    ([0, 1, 2] as const).flatMap((positionIdx) => {
      const position = positions.get(`${symbol}:${positionIdx}`);
      return position !== undefined && position.size > 0n ? [position] : [];
    }),
  );
}
