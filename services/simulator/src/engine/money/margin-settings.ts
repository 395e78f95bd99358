import { isIsolated } from './accounts.ts';
import { decimal } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { availableBalance, marginOf } from './account-margin.ts';
import { positionBalance, positionMargin } from './margin.ts';
import type { Account, Position, PositionIdx } from '../model.ts';
import { checkPositionIdx } from '../orders/order-checks.ts';
import { positionOf, touch, unrealisedPnl } from './positions.ts';
import { refusals } from '../refusal.ts';
import { transfer } from './transactions.ts';
import { updateTimeMs } from '../update-time.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** Equity that portfolio margin asks for, in USDT. */
const LEAST_PORTFOLIO_EQUITY = decimal('1000');
/** Reference I: demo money comes once a minute, and so much at a time. */
const DEMO_MONEY_PAUSE_MS = 60_000;
const MOST_DEMO_MONEY = decimal('100000');

export interface PositionRef {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
}

/**
 * Switches the whole account's margin mode (reference C.17). Throws a Refusal and changes nothing: 110026 when it is that
 * already, 110073 with hedge positions or too little equity for portfolio margin, 110006 when the wallet does not cover
 * what isolated positions would hold.
 */
export function setMarginMode(venue: Venue, account: Account, marginMode: string): void {
  if (account.marginMode === marginMode) throw refusals.marginModeNotModified();
  const { marginMode: former } = account;
  const equity = account.walletBalance + marginOf(venue, account).unrealised;
  if (marginMode === 'PORTFOLIO_MARGIN' && equity < LEAST_PORTFOLIO_EQUITY)
    throw refusals.marginModeFailed('equity needs to be equal to or greater than 1000 USDC');
  account.marginMode = marginMode;
  if (availableBalance(venue, account) < 0n) {
    account.marginMode = former;
    throw refusals.positionMargin();
  }
  account.marginModeSetAtMs = venue.nowMs();
  if (!isIsolated(account)) for (const position of account.positions.values()) position.addedMargin = 0n;
  touchAll(venue, account);
}

/**
 * Adds margin to an isolated position, or takes added margin away when negative. Throws a Refusal: 10001 under cross
 * margin or when flat, 110027 for nothing, 110012 above the free balance, 110011 when what is left could not stand.
 */
export function addMargin(venue: Venue, account: Account, ref: PositionRef, amount: Decimal): Position {
  const position = isolatedPosition(venue, account, ref);
  if (position.size === 0n) throw refusals.parameter('can not add margin to a zero position');
  if (amount === 0n) throw refusals.marginNotModified();
  if (amount > availableBalance(venue, account)) throw refusals.availableBalance();
  if (amount < 0n && !staysAlive(venue, account, position, amount)) throw refusals.wouldLiquidate();
  position.addedMargin += amount;
  position.updatedAtMs = updateTimeMs(venue);
  touch(venue, position);
  venue.pending.wallets.add(account);
  return position;
}

/** Only what was added may leave, and what stays has to bear the present loss and the maintenance margin. */
function staysAlive(venue: Venue, account: Account, position: Position, amount: Decimal): boolean {
  if (position.addedMargin + amount < 0n) return false;
  const pnl = unrealisedPnl(position, requireInstrument(venue, position.symbol));
  const left = positionBalance(venue, account, position) + amount + pnl;
  return left > positionMargin(venue, account, position).maintenance;
}

/** A setting of isolated positions; what it would add by itself is not modelled. 110027 when it is that already. */
export function setAutoAddMargin(venue: Venue, account: Account, ref: PositionRef, autoAddMargin: 0 | 1): void {
  const position = isolatedPosition(venue, account, ref);
  if (position.autoAddMargin === autoAddMargin) throw refusals.marginNotModified();
  position.autoAddMargin = autoAddMargin;
  touch(venue, position);
}

function isolatedPosition(venue: Venue, account: Account, { symbol, positionIdx }: PositionRef): Position {
  if (!venue.instruments.has(symbol)) throw refusals.unknownSymbol();
  checkPositionIdx(account, symbol, positionIdx);
  if (!isIsolated(account)) throw refusals.parameter('only isolated margin mode supports this operation');
  return positionOf(venue, account, symbol, positionIdx);
}

/** Adds demo USDT to the wallet, or takes it away when negative (reference I). 10001 too soon, too much, not there. */
export function applyDemoMoney(venue: Venue, account: Account, amount: Decimal): void {
  const { demoMoneyAtMs } = account;
  const size = amount < 0n ? -amount : amount;
  if (size === 0n || size > MOST_DEMO_MONEY) throw refusals.parameter('params error: amountStr invalid');
  if (demoMoneyAtMs !== undefined && venue.nowMs() - demoMoneyAtMs < DEMO_MONEY_PAUSE_MS)
    throw refusals.tooManyVisits();
  if (-amount > availableBalance(venue, account)) throw refusals.availableBalance();
  account.demoMoneyAtMs = venue.nowMs();
  transfer(venue, account, amount);
  venue.pending.wallets.add(account);
}

function touchAll(venue: Venue, account: Account): void {
  for (const position of account.positions.values()) touch(venue, position);
  venue.pending.wallets.add(account);
}
