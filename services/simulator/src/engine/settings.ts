import { leverageOf, modeOf } from './accounts.ts';
import { decimal } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { Account, PositionMode } from './model.ts';
import { refusals } from './refusal.ts';
import type { Venue } from './venue.ts';

const MOST_LEVERAGE = decimal('100');
const LEAST_LEVERAGE = decimal('1');

/** 110043 when it is that already; 10001 outside 1..100 (reference C.17). */
export function setLeverage(venue: Venue, account: Account, symbol: string, leverage: Decimal): void {
  if (!venue.instruments.has(symbol)) throw refusals.unknownSymbol();
  if (leverage < LEAST_LEVERAGE || leverage > MOST_LEVERAGE) throw refusals.parameter('buy leverage invalid');
  if (leverageOf(account, symbol) === leverage) throw refusals.leverageNotModified();
  account.leverages.set(symbol, leverage);
}

/** One symbol: 110024 with a position, 110028 with orders, 110025 when it is that already (reference C.17). */
export function switchMode(venue: Venue, account: Account, symbol: string, mode: PositionMode): void {
  if (!venue.instruments.has(symbol)) throw refusals.unknownSymbol();
  if (modeOf(account, symbol) === mode) throw refusals.modeNotModified();
  if (hasPosition(account, symbol)) throw refusals.positionExists();
  if (hasOrders(account, symbol)) throw refusals.ordersExist();
  account.modes.set(symbol, mode);
}

/** By coin: every symbol without a position or an open order; the others keep their mode. */
export function switchModeOfAll(venue: Venue, account: Account, mode: PositionMode): void {
  for (const symbol of venue.instruments.keys()) {
    if (!hasPosition(account, symbol) && !hasOrders(account, symbol)) account.modes.set(symbol, mode);
  }
}

function hasPosition(account: Account, symbol: string): boolean {
  return [...account.positions.values()].some((position) => position.symbol === symbol && position.size > 0n);
}

function hasOrders(account: Account, symbol: string): boolean {
  return [...account.open].some((order) => order.symbol === symbol);
}
