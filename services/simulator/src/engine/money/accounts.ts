import { openKey } from '../orders/api-key.ts';
import type { ApiKey } from '../orders/api-key.ts';
import type { Decimal } from '../decimal.ts';
import type { Account, FeeRates, Order, Position, PositionMode, Side } from '../model.ts';
import { unqueue } from '../orders/price-queues.ts';
import { closeEpoch } from '../truth/protection.ts';
import { transfer } from './transactions.ts';
import { emit } from '../venue.ts';
import type { Venue } from '../venue.ts';

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
  /** What the key may not do, if anything. */
  readonly key?: Partial<ApiKey> | undefined;
  /** The venue's when missing. */
  readonly feeRates?: FeeRates | undefined;
}

/** Opens an account; one of the same name is replaced, with everything it had. */
export function addAccount(venue: Venue, spec: AccountSpec): Account {
  const former = venue.accounts.get(spec.name);
  if (former !== undefined) forget(venue, former);
  const account: Account = {
    name: spec.name,
    apiKey: spec.apiKey,
    secret: spec.secret,
    key: { ...openKey(), ...spec.key },
    uid: spec.uid,
    marginMode: spec.marginMode,
    marginModeSetAtMs: venue.nowMs(),
    defaultMode: spec.mode,
    defaultLeverage: spec.leverage,
    modes: new Map(),
    leverages: new Map(),
    shortLeverages: new Map(),
    feeRates: new Map(spec.feeRates === undefined ? [] : [['', spec.feeRates]]),
    positions: new Map(),
    closedBuffer: new Set(),
    orders: new Map(),
    orderIds: [],
    open: new Set(),
    byLinkId: new Map(),
    executions: [],
    closedPnl: new Map(),
    closedPnlIds: [],
    transactions: [],
    dcpWindowSeconds: 0,
    demoMoneyAtMs: undefined,
    startBalance: spec.balance,
    walletBalance: 0n,
    cumRealisedPnl: 0n,
  };
  transfer(venue, account, spec.balance);
  venue.accounts.set(account.name, account);
  venue.accountsByKey.set(account.apiKey, account);
  return account;
}

export function modeOf(account: Account, symbol: string): PositionMode {
  return account.modes.get(symbol) ?? account.defaultMode;
}

/** Of the long side unless a short is meant; they differ in isolated hedge positions only. */
export function leverageOf(account: Account, symbol: string, side: Side = 'Buy'): Decimal {
  const short = side === 'Sell' ? account.shortLeverages.get(symbol) : undefined;
  return short ?? account.leverages.get(symbol) ?? account.defaultLeverage;
}

/** Each position has a margin of its own; otherwise the whole wallet stands for all of them. */
export function isIsolated({ marginMode }: Account): boolean {
  return marginMode === 'ISOLATED_MARGIN';
}

function forget(venue: Venue, account: Account): void {
  venue.accountsByKey.delete(account.apiKey);
  for (const order of account.open) {
    venue.working.get(order.symbol)?.delete(order);
    const queues = venue.queues.get(order.symbol);
    if (queues !== undefined) unqueue(queues, order);
    venue.triggered.delete(order);
  }
  for (const position of account.positions.values()) {
    if (position.size > 0n) emit(venue, { type: 'position', account: account.name, position: flattened(position) });
    closeEpoch(venue, position, 'Replaced');
  }
}

/** How listeners are told that a position has gone with its account. */
function flattened(position: Position): Position {
  const nothing = { stopLoss: undefined, takeProfit: undefined, trailing: undefined, orders: new Set<Order>() };
  return { ...position, ...nothing, side: '', size: 0n, entryValue: 0n, openFees: 0n, openedAtMs: 0 };
}
