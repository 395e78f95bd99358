import { roundTo, show, showOrEmpty } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import { unrealisedPnl, averagePrice } from '../engine/money/positions.ts';
import { isWorking, leavesOf } from '../engine/model.ts';
import type { Account, Execution, Instrument, Order, Position } from '../engine/model.ts';
import { epochKey } from '../engine/truth/protection.ts';
import type { Venue } from '../engine/venue.ts';
import { FAULT_KINDS } from '../sim/fault-spec.ts';
import type { Simulator } from '../simulator.ts';

/** A browser draws no more of each; `counts` says how many there are. */
const MOST_POSITIONS = 100;
const MOST_ORDERS = 300;
const LATEST_EXECUTIONS = 40;
const MONEY_PLACES = 4;

/**
 * GET /sim/picture: what the page at `/` draws. Working orders, open positions and the last executions only, so that it
 * stays small while the truth grows. Decimals are texts, "" = none, times milliseconds of the exchange's clock.
 */
export function pictureOf({ engine, faults, clock, config }: Simulator): Record<string, unknown> {
  const { venue } = engine;
  const accounts = [...venue.accounts.values()];
  const positions = accounts.flatMap((account) => [...account.positions.values()].filter(({ size }) => size > 0n));
  const orders = accounts.flatMap(({ open }) => [...open].filter(isWorking));
  return {
    nowMs: venue.nowMs(),
    startedAtMs: venue.startedAtMs,
    clock: clock.isVirtual ? 'virtual' : 'real',
    seed: config.seed,
    walking: engine.isWalking(),
    symbols: [...venue.instruments.values()].map(symbolFacts),
    accounts: accounts.map((account) => accountFacts(venue, account)),
    positions: positions
      .toSorted(bySymbol)
      .slice(0, MOST_POSITIONS)
      .map((position) => positionFacts(venue, position)),
    orders: orders
      .toSorted((a, b) => b.number - a.number)
      .slice(0, MOST_ORDERS)
      .map(orderFacts),
    executions: latestExecutions(accounts).map(executionFacts),
    faults: faults.list(),
    faultKinds: FAULT_KINDS,
    counts: {
      positions: positions.length,
      protected: positions.filter((position) => isProtected(venue, position)).length,
      orders: orders.length,
    },
  };
}

function symbolFacts({ symbol, tickSize, qtyStep, last, mark, index }: Instrument): Record<string, unknown> {
  return {
    symbol,
    tickSize: show(tickSize),
    qtyStep: show(qtyStep),
    last: show(last),
    mark: show(mark),
    index: show(index),
  };
}

function accountFacts(venue: Venue, account: Account): Record<string, unknown> {
  const open = [...account.positions.values()].filter(({ size }) => size > 0n);
  const unrealised = open.reduce((sum, position) => sum + profitOf(venue, position), 0n);
  return {
    name: account.name,
    uid: account.uid,
    mode: account.defaultMode,
    walletBalance: money(account.walletBalance),
    equity: money(account.walletBalance + unrealised),
    unrealisedPnl: money(unrealised),
    positions: open.length,
    orders: account.open.size,
  };
}

function positionFacts(venue: Venue, position: Position): Record<string, unknown> {
  const { account, symbol, positionIdx, side, size, stopLoss, takeProfit, trailing } = position;
  return {
    account,
    symbol,
    positionIdx,
    side,
    size: show(size),
    avgPrice: show(averagePrice(position)),
    unrealisedPnl: money(profitOf(venue, position)),
    curRealisedPnl: money(position.curRealisedPnl),
    stopLoss: showOrEmpty(stopLoss?.triggerPrice),
    takeProfit: showOrEmpty(takeProfit?.triggerPrice),
    trailingStop: showOrEmpty(trailing?.distance),
    activePrice: showOrEmpty(trailing?.activePrice),
    protected: isProtected(venue, position),
    openedAtMs: position.openedAtMs,
  };
}

function orderFacts(order: Order): Record<string, unknown> {
  return {
    account: order.account,
    symbol: order.symbol,
    positionIdx: order.positionIdx,
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    side: order.side,
    orderType: order.orderType,
    stopOrderType: order.stopOrderType,
    orderStatus: order.status,
    qty: show(order.qty),
    leavesQty: show(leavesOf(order)),
    price: showOrEmpty(order.price),
    triggerPrice: showOrEmpty(order.triggerPrice),
    reduceOnly: order.reduceOnly,
    origin: order.origin,
    createdAtMs: order.createdAtMs,
  };
}

function executionFacts(execution: Execution): Record<string, unknown> {
  return {
    execId: execution.execId,
    atMs: execution.atMs,
    account: execution.account,
    symbol: execution.symbol,
    side: execution.side,
    execQty: show(execution.execQty),
    execPrice: show(execution.execPrice),
    execPnl: money(execution.execPnl),
    closedSize: show(execution.closedSize),
    orderLinkId: execution.orderLinkId,
    kind: execution.stopOrderType || execution.orderType,
  };
}

/** Newest first, over all accounts. */
function latestExecutions(accounts: readonly Account[]): readonly Execution[] {
  return accounts
    .flatMap(({ executions }) => executions.slice(-LATEST_EXECUTIONS))
    .toSorted((a, b) => b.number - a.number)
    .slice(0, LATEST_EXECUTIONS);
}

function profitOf(venue: Venue, position: Position): Decimal {
  const instrument = venue.instruments.get(position.symbol);
  return instrument === undefined ? 0n : unrealisedPnl(position, instrument);
}

function isProtected(venue: Venue, position: Position): boolean {
  const epoch = venue.truth.openEpochs.get(epochKey(position));
  return epoch !== undefined && venue.nowMs() < epoch.protectedUntilMs;
}

function bySymbol(a: Position, b: Position): number {
  return a.symbol.localeCompare(b.symbol) || a.account.localeCompare(b.account) || a.positionIdx - b.positionIdx;
}

function money(value: Decimal): string {
  return show(roundTo(value, MONEY_PLACES));
}
