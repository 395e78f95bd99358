import { isIsolated, leverageOf } from './accounts.ts';
import { over, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { bustValue } from './margin.ts';
import type { Account, Instrument, Position, Side } from '../model.ts';
import { tierOf } from './risk-tiers.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** The price at which the position's margin is used up, on the tick that is worse for the trader; at least one tick. */
export function bankruptcyPrice(venue: Venue, account: Account, position: Position, side: Side): Decimal {
  const instrument = requireInstrument(venue, position.symbol);
  const leverage = leverageOf(account, position.symbol, side);
  const added = side === 'Buy' ? -position.addedMargin : position.addedMargin;
  return onTick(instrument, over(bustValue(position.entryValue, leverage, side) + added, position.size), side);
}

/** Where an isolated position is taken over; `undefined` under cross margin, where it depends on the whole account. */
export function liquidationPrice(venue: Venue, account: Account, position: Position): Decimal | undefined {
  if (!isIsolated(account) || position.side === '') return undefined;
  const instrument = requireInstrument(venue, position.symbol);
  const { side, entryValue, size, addedMargin } = position;
  const tier = tierOf(instrument.riskTiers, entryValue);
  const leverage = leverageOf(account, position.symbol, side);
  const cushion = times(entryValue, tier.maintenanceRate) - tier.mmDeduction - addedMargin;
  const value = bustValue(entryValue, leverage, side) + (side === 'Buy' ? cushion : -cushion);
  return value <= 0n ? undefined : onTick(instrument, over(value, size), side);
}

function onTick({ tickSize }: Instrument, price: Decimal, side: Side): Decimal {
  const floor = (price / tickSize) * tickSize;
  const ticked = side === 'Sell' && floor !== price ? floor + tickSize : floor;
  return ticked < tickSize ? tickSize : ticked;
}
