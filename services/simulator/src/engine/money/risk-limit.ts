import { leverageOf } from './accounts.ts';
import { max, show, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { isActive, leavesOf } from '../model.ts';
import type { Account, Instrument, Position, Side } from '../model.ts';
import { refusals } from '../refusal.ts';
import { largestValue, tierOf } from './risk-tiers.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** 110090 when an order could make the position worth more than the tiers allow at its leverage. */
export function checkRiskLimit(
  venue: Venue,
  account: Account,
  position: Position,
  order: { readonly side: Side; readonly qty: Decimal; readonly price: Decimal },
): void {
  const { riskTiers, mark } = requireInstrument(venue, position.symbol);
  const leverage = leverageOf(account, position.symbol, order.side);
  const held = position.side === order.side ? times(position.size, mark) : -times(position.size, mark);
  const value = held + restingValue(position, order.side) + times(order.qty, order.price);
  if (value <= largestValue(riskTiers, leverage)) return;
  throw refusals.positionAboveLimit(show(tierOf(riskTiers, value).maxLeverage));
}

/** What an account holds on a symbol with its orders, the larger side: the value that its leverage must allow. */
export function exposureOf(account: Account, instrument: Instrument): Decimal {
  let most = 0n;
  for (const position of account.positions.values()) {
    if (position.symbol !== instrument.symbol) continue;
    for (const side of ['Buy', 'Sell'] as const) {
      const held = position.side === side ? times(position.size, instrument.mark) : 0n;
      most = max(most, held + restingValue(position, side));
    }
  }
  return most;
}

function restingValue({ orders }: Position, side: Side): Decimal {
  let value = 0n;
  for (const order of orders) {
    if (order.side === side && !order.reduceOnly && isActive(order)) value += times(leavesOf(order), order.price);
  }
  return value;
}
