import { isIsolated, leverageOf } from './accounts.ts';
import type { Decimal } from '../decimal.ts';
import { reserveRateOf } from './fees.ts';
import { openOrderMargin, positionBalance, positionMargin } from './margin.ts';
import type { Margin } from './margin.ts';
import type { Account, Position } from '../model.ts';
import { unrealisedPnl } from './positions.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** What margins depend on beside the position itself and its orders, whose changes are told by `touch`. */
interface Terms {
  readonly mark: Decimal;
  readonly buyLeverage: Decimal;
  readonly sellLeverage: Decimal;
  readonly feeRate: Decimal;
  readonly addedMargin: Decimal;
  readonly isIsolated: boolean;
  readonly marginPrice: 'mark' | 'entry';
}

export interface HeldMargin {
  readonly margin: Margin;
  readonly terms: Terms;
}

const NOTHING: Margin = {
  positionMargin: 0n,
  positionMarginByMark: 0n,
  maintenance: 0n,
  maintenanceByMark: 0n,
  orderMargin: 0n,
  unrealised: 0n,
};

/** What one position and its resting orders hold. Kept until something that it depends on changes. */
export function heldMargin(venue: Venue, account: Account, position: Position): Margin {
  if (position.size === 0n && position.orders.size === 0) return NOTHING;
  const terms = termsOf(venue, account, position);
  const known = venue.margins.get(position);
  if (known !== undefined && isSame(known.terms, terms)) return known.margin;
  const margin = { ...ofPosition(venue, account, position), orderMargin: openOrderMargin(venue, account, position) };
  venue.margins.set(position, { margin, terms });
  return margin;
}

function ofPosition(venue: Venue, account: Account, position: Position): Omit<Margin, 'orderMargin'> {
  if (position.size === 0n) return NOTHING;
  const margin = positionMargin(venue, account, position);
  const held = positionBalance(venue, account, position);
  return {
    positionMargin: isIsolated(account) ? held : margin.initial,
    positionMarginByMark: isIsolated(account) ? held : margin.initialByMark,
    maintenance: margin.maintenance,
    maintenanceByMark: margin.maintenanceByMark,
    unrealised: unrealisedPnl(position, requireInstrument(venue, position.symbol)),
  };
}

function termsOf(venue: Venue, account: Account, { symbol, addedMargin }: Position): Terms {
  return {
    mark: requireInstrument(venue, symbol).mark,
    buyLeverage: leverageOf(account, symbol, 'Buy'),
    sellLeverage: leverageOf(account, symbol, 'Sell'),
    feeRate: reserveRateOf(venue, account, symbol),
    addedMargin,
    isIsolated: isIsolated(account),
    marginPrice: venue.options.marginPrice,
  };
}

function isSame(a: Terms, b: Terms): boolean {
  const isSameLeverage = a.buyLeverage === b.buyLeverage && a.sellLeverage === b.sellLeverage;
  const isSameMoney = a.mark === b.mark && a.feeRate === b.feeRate && a.addedMargin === b.addedMargin;
  return isSameLeverage && isSameMoney && a.isIsolated === b.isIsolated && a.marginPrice === b.marginPrice;
}
