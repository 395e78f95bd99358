import { over, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { isActive, leavesOf } from './model.ts';
import type { Account, Order, PositionMode } from './model.ts';
import { unrealisedPnl } from './positions.ts';
import { requireInstrument } from './venue.ts';
import type { Venue } from './venue.ts';

export interface AccountSpec {
  readonly name: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly uid: number;
  /** USDT. */
  readonly balance: Decimal;
  readonly mode: PositionMode;
  readonly leverage: Decimal;
  readonly marginMode: string;
}

/** Opens an account; one of the same name is replaced, with everything it had. */
export function addAccount(venue: Venue, spec: AccountSpec): Account {
  const former = venue.accounts.get(spec.name);
  if (former !== undefined) forget(venue, former);
  const account: Account = {
    name: spec.name,
    apiKey: spec.apiKey,
    secret: spec.secret,
    uid: spec.uid,
    marginMode: spec.marginMode,
    defaultMode: spec.mode,
    defaultLeverage: spec.leverage,
    modes: new Map(),
    leverages: new Map(),
    positions: new Map(),
    orders: new Map(),
    open: new Set(),
    byLinkId: new Map(),
    executions: [],
    startBalance: spec.balance,
    walletBalance: spec.balance,
    cumRealisedPnl: 0n,
  };
  venue.accounts.set(account.name, account);
  venue.accountsByKey.set(account.apiKey, account);
  return account;
}

export function modeOf(account: Account, symbol: string): PositionMode {
  return account.modes.get(symbol) ?? account.defaultMode;
}

export function leverageOf(account: Account, symbol: string): Decimal {
  return account.leverages.get(symbol) ?? account.defaultLeverage;
}

/** USDT that may still be bound as initial margin. A simple cross model: value over leverage, no tiers, no haircut. */
export function availableBalance(venue: Venue, account: Account): Decimal {
  const { positionMargin, orderMargin, unrealised } = marginOf(venue, account);
  return account.walletBalance + unrealised - positionMargin - orderMargin;
}

export interface Margin {
  readonly positionMargin: Decimal;
  readonly orderMargin: Decimal;
  readonly unrealised: Decimal;
}

export function marginOf(venue: Venue, account: Account): Margin {
  let positionMargin = 0n;
  let unrealised = 0n;
  for (const position of account.positions.values()) {
    if (position.size === 0n) continue;
    const instrument = requireInstrument(venue, position.symbol);
    positionMargin += over(times(position.size, instrument.mark), leverageOf(account, position.symbol));
    unrealised += unrealisedPnl(position, instrument);
  }
  let orderMargin = 0n;
  for (const order of account.open) orderMargin += marginOfOrder(account, order);
  return { positionMargin, orderMargin, unrealised };
}

function marginOfOrder(account: Account, order: Order): Decimal {
  if (order.reduceOnly || !isActive(order)) return 0n;
  return over(times(leavesOf(order), order.price), leverageOf(account, order.symbol));
}

function forget(venue: Venue, account: Account): void {
  venue.accountsByKey.delete(account.apiKey);
  for (const order of account.open) {
    venue.working.get(order.symbol)?.delete(order);
    venue.triggered.delete(order);
  }
  for (const [key, epoch] of venue.truth.openEpochs) {
    if (epoch.account === account.name) venue.truth.openEpochs.delete(key);
  }
}
