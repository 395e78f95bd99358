import { isIsolated, leverageOf, modeOf } from './accounts.ts';
import { decimal, show } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { availableBalance } from './account-margin.ts';
import type { Account, Instrument, PositionMode } from '../model.ts';
import { touch } from './positions.ts';
import { refusals } from '../refusal.ts';
import { exposureOf } from './risk-limit.ts';
import { tierOf } from './risk-tiers.ts';
import type { Venue } from '../venue.ts';

const LEAST_LEVERAGE = decimal('1');
/** Refusal texts give leverages as whole numbers. */
const LEVERAGE_SCALE = 100n;

export interface Leverages {
  readonly buy: Decimal;
  readonly sell: Decimal;
}

/**
 * Sets a symbol's leverage (reference C.17). Throws a Refusal and changes nothing: 10001 below 1 or with sides that differ
 * outside isolated hedge mode, 110013 above the symbol's highest, 110086 above what its holdings allow, 110043 when it is
 * that already, 110044 when the free balance does not bear it.
 */
export function setLeverage(venue: Venue, account: Account, symbol: string, { buy, sell }: Leverages): void {
  const instrument = venue.instruments.get(symbol);
  if (instrument === undefined) throw refusals.unknownSymbol();
  if (buy < LEAST_LEVERAGE || sell < LEAST_LEVERAGE) throw refusals.parameter('buy leverage invalid');
  const mayDiffer = isIsolated(account) && modeOf(account, symbol) === 'hedge';
  if (buy !== sell && !mayDiffer) throw refusals.parameter('buy leverage must be equal to sell leverage');
  checkTier(account, instrument, buy > sell ? buy : sell);
  changeLeverage(venue, account, symbol, { buy, sell });
  for (const position of account.positions.values()) if (position.symbol === symbol) touch(venue, position);
}

function changeLeverage(venue: Venue, account: Account, symbol: string, { buy, sell }: Leverages): void {
  const former = { buy: leverageOf(account, symbol), sell: leverageOf(account, symbol, 'Sell') };
  if (former.buy === buy && former.sell === sell) throw refusals.leverageNotModified();
  const wasShort = availableBalance(venue, account) < 0n;
  putLeverage(account, symbol, { buy, sell });
  if (wasShort || availableBalance(venue, account) >= 0n) return;
  putLeverage(account, symbol, former);
  throw refusals.availableMargin();
}

function checkTier(account: Account, instrument: Instrument, leverage: Decimal): void {
  const highest = instrument.riskTiers[0]?.maxLeverage ?? LEAST_LEVERAGE;
  if (leverage > highest) throw refusals.leverageAboveLimit(scaled(leverage), scaled(highest));
  const { maxLeverage } = tierOf(instrument.riskTiers, exposureOf(account, instrument));
  if (leverage > maxLeverage) throw refusals.leverageAboveTier(show(maxLeverage));
}

function putLeverage(account: Account, symbol: string, { buy, sell }: Leverages): void {
  account.leverages.set(symbol, buy);
  if (buy === sell) account.shortLeverages.delete(symbol);
  else account.shortLeverages.set(symbol, sell);
}

function scaled(leverage: Decimal): string {
  return show(leverage * LEVERAGE_SCALE);
}

/**
 * One symbol: 110029 when it knows no hedge mode, 110025 when it is that already, 110024 with a position, 110028 with
 * orders (reference C.17).
 */
export function switchMode(venue: Venue, account: Account, symbol: string, mode: PositionMode): void {
  if (!venue.instruments.has(symbol)) throw refusals.unknownSymbol();
  if (!hasHedgeMode(symbol)) throw refusals.hedgeUnsupported();
  if (modeOf(account, symbol) === mode) throw refusals.modeNotModified();
  if (hasPosition(account, symbol)) throw refusals.positionExists();
  if (hasOrders(account, symbol)) throw refusals.ordersExist();
  account.modes.set(symbol, mode);
}

/** By coin: every symbol without a position or an open order; the others keep their mode. */
export function switchModeOfAll(venue: Venue, account: Account, mode: PositionMode): void {
  for (const symbol of venue.instruments.keys()) {
    const isFree = hasHedgeMode(symbol) && !hasPosition(account, symbol) && !hasOrders(account, symbol);
    if (isFree) account.modes.set(symbol, mode);
  }
}

/** Only USDT perpetuals support it. */
function hasHedgeMode(symbol: string): boolean {
  return symbol.endsWith('USDT');
}

function hasPosition(account: Account, symbol: string): boolean {
  return [...account.positions.values()].some((position) => position.symbol === symbol && position.size > 0n);
}

function hasOrders(account: Account, symbol: string): boolean {
  return [...account.open].some((order) => order.symbol === symbol);
}
