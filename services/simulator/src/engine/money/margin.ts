import { isIsolated, leverageOf } from './accounts.ts';
import { cutTo, decimal, max, min, over, roundTo, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { reserveRateOf } from './fees.ts';
import { isActive, leavesOf } from '../model.ts';
import type { Account, Position, Side } from '../model.ts';
import { tierOf } from './risk-tiers.ts';
import type { RiskTier } from './risk-tiers.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

const ONE = decimal('1');
/** Margins have so many digits: by entry value they are rounded, by mark price cut (reference E.4). */
const PLACES = 8;

/** Size x bankruptcy price, at which the initial margin is used up: entry x (1 -+ 1/leverage). */
export function bustValue(entryValue: Decimal, leverage: Decimal, side: Side): Decimal {
  const factor = side === 'Buy' ? leverage - ONE : leverage + ONE;
  return over(times(entryValue, factor), leverage);
}

/** What an opening order binds: value / leverage, the fee to open, and the fee to close at the bankruptcy price. */
export function orderMargin(value: Decimal, terms: { leverage: Decimal; side: Side; feeRate: Decimal }): Decimal {
  const { leverage, side, feeRate } = terms;
  const fees = times(value, feeRate) + times(bustValue(value, leverage, side), feeRate);
  return roundTo(over(value, leverage) + fees, PLACES);
}

export interface PositionMargin {
  readonly initial: Decimal;
  readonly maintenance: Decimal;
  /** The same by mark price; equal to the two above unless the option says otherwise. */
  readonly initialByMark: Decimal;
  readonly maintenanceByMark: Decimal;
  readonly tier: RiskTier;
}

/** The margins of an open position (reference E.4). */
export function positionMargin(venue: Venue, account: Account, position: Position): PositionMargin {
  const instrument = requireInstrument(venue, position.symbol);
  const side = position.side === 'Sell' ? 'Sell' : 'Buy';
  const leverage = leverageOf(account, position.symbol, side);
  const feeRate = reserveRateOf(venue, account, position.symbol);
  const reserve = times(bustValue(position.entryValue, leverage, side), feeRate);
  const markValue = times(position.size, instrument.mark);
  const tier = tierOf(instrument.riskTiers, markValue);
  const initial = (value: Decimal): Decimal => over(value, leverage) + reserve;
  const maintenance = (value: Decimal): Decimal =>
    max(0n, times(value, tier.maintenanceRate) - tier.mmDeduction) + reserve;
  const initialByMark = cutTo(initial(markValue), PLACES);
  const maintenanceByMark = cutTo(maintenance(markValue), PLACES);
  if (venue.options.marginPrice === 'mark')
    return { initial: initialByMark, maintenance: maintenanceByMark, initialByMark, maintenanceByMark, tier };
  return {
    initial: roundTo(initial(position.entryValue), PLACES),
    maintenance: roundTo(maintenance(position.entryValue), PLACES),
    initialByMark,
    maintenanceByMark,
    tier,
  };
}

/** What an isolated position holds: its initial margin by entry value and what its owner added. 0n under cross margin. */
export function positionBalance(venue: Venue, account: Account, position: Position): Decimal {
  if (!isIsolated(account) || position.side === '') return 0n;
  const leverage = leverageOf(account, position.symbol, position.side);
  const feeRate = reserveRateOf(venue, account, position.symbol);
  const reserve = times(bustValue(position.entryValue, leverage, position.side), feeRate);
  return roundTo(over(position.entryValue, leverage) + reserve, PLACES) + position.addedMargin;
}

export interface Margin {
  readonly positionMargin: Decimal;
  readonly positionMarginByMark: Decimal;
  readonly maintenance: Decimal;
  readonly maintenanceByMark: Decimal;
  readonly orderMargin: Decimal;
  readonly unrealised: Decimal;
}

/** Of a further order or quantity: what it closes of the position, and resting orders do not close already, is free. */
export function marginToOpen(
  venue: Venue,
  account: Account,
  position: Position,
  order: { readonly side: Side; readonly qty: Decimal; readonly price: Decimal },
): Decimal {
  const opening = order.qty - min(order.qty, closableBy(position, order.side));
  if (opening <= 0n) return 0n;
  const { side, price } = order;
  return marginOfValue(venue, account, { symbol: position.symbol, side, qty: opening, price });
}

function closableBy(position: Position, side: Side): Decimal {
  if (position.side === '' || position.side === side) return 0n;
  let left = position.size;
  for (const order of position.orders) {
    if (order.side === side && !order.reduceOnly && isActive(order)) left -= leavesOf(order);
  }
  return max(left, 0n);
}

function marginOfValue(
  venue: Venue,
  account: Account,
  { symbol, side, qty, price }: { symbol: string; side: Side; qty: Decimal; price: Decimal },
): Decimal {
  const terms = { leverage: leverageOf(account, symbol, side), side, feeRate: reserveRateOf(venue, account, symbol) };
  return orderMargin(times(qty, price), terms);
}

/** Of a position's resting orders; those against it are free as far as they close it, the oldest first. */
export function openOrderMargin(venue: Venue, account: Account, position: Position): Decimal {
  let closable = position.size;
  let sum = 0n;
  for (const order of position.orders) {
    if (order.reduceOnly || !isActive(order)) continue;
    const isClosing = position.side !== '' && position.side !== order.side;
    const free = isClosing ? min(closable, leavesOf(order)) : 0n;
    closable -= free;
    const qty = leavesOf(order) - free;
    if (qty === 0n) continue;
    const { symbol, side, price } = order;
    sum += marginOfValue(venue, account, { symbol, side, qty, price });
  }
  return sum;
}
