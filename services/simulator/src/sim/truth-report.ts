import { show, showOrEmpty } from '../engine/decimal.ts';
import { isWorking, leavesOf } from '../engine/model.ts';
import type { Account, Execution, Order } from '../engine/model.ts';
import { accrue } from '../engine/truth/protection.ts';
import type { Epoch } from '../engine/truth/truth.ts';
import type { Venue } from '../engine/venue.ts';

/** GET /sim/truth: what really happened, up to now. Decimals are texts, times milliseconds. */
export function truthReport(venue: Venue): Record<string, unknown> {
  const { truth } = venue;
  const nowMs = venue.nowMs();
  for (const epoch of truth.openEpochs.values()) accrue(epoch, nowMs);
  const accounts = [...venue.accounts.values()];
  const orders = accounts.flatMap((account) => [...account.orders.values()]);
  const requests = [...truth.requests.values()];
  return {
    nowMs,
    startedAtMs: venue.startedAtMs,
    accounts: accounts.map(accountFacts),
    positions: truth.epochs.map((epoch) => positionFacts(epoch, nowMs)),
    totals: totalsOf(truth.epochs, nowMs),
    openOrders: orders.filter(isWorking).map(openOrderFacts),
    orders: orders.map(orderFacts),
    executions: accounts
      .flatMap(({ executions }) => executions)
      .toSorted((a, b) => a.number - b.number)
      .map(executionFacts),
    requests,
    requestTotals: totalsByOutcome(requests),
    rateLimited: countOf(requests, ['10006', '403']),
    duplicates: truth.duplicates,
    duplicateLinkIds: truth.duplicateLinkIds,
    wrongCancels: truth.wrongCancels,
    reactions: truth.reactions,
    forgotten: { orders: truth.forgotten.orders, executions: truth.forgotten.executions },
    prices: Object.fromEntries(
      [...venue.instruments.values()].map(({ symbol, last, mark, index }) => [
        symbol,
        { last: show(last), mark: show(mark), index: show(index) },
      ]),
    ),
  };
}

function accountFacts(account: Account): Record<string, unknown> {
  const { name, uid, defaultMode, startBalance, walletBalance, cumRealisedPnl } = account;
  return {
    name,
    uid,
    mode: defaultMode,
    startBalance: show(startBalance),
    walletBalance: show(walletBalance),
    cumRealisedPnl: show(cumRealisedPnl),
  };
}

function positionFacts(epoch: Epoch, nowMs: number): Record<string, unknown> {
  const { account, symbol, positionIdx, side, openedAtMs, closedAtMs, closeReason } = epoch;
  const { unprotectedMs, throughMs, misplacedMs, entryFills, reduceFills } = epoch;
  return {
    account,
    symbol,
    positionIdx,
    side,
    size: closedAtMs === undefined ? show(epoch.size) : '0',
    avgPrice: show(epoch.avgPrice),
    stopLoss: showOrEmpty(epoch.stopLoss),
    openedAtMs,
    closedAtMs,
    closeReason,
    unprotectedMs,
    throughMs,
    misplacedMs,
    unprotectedNow: isUnprotected(epoch, nowMs),
    entryFills,
    reduceFills,
  };
}

function isUnprotected(epoch: Epoch, nowMs: number): boolean {
  return epoch.closedAtMs === undefined && nowMs >= epoch.protectedUntilMs;
}

function totalsOf(epochs: readonly Epoch[], nowMs: number): Record<string, number> {
  const open = epochs.filter(({ closedAtMs }) => closedAtMs === undefined);
  const sum = (field: 'unprotectedMs' | 'throughMs' | 'misplacedMs'): number =>
    epochs.reduce((total, epoch) => total + epoch[field], 0);
  return {
    positions: epochs.length,
    openNow: open.length,
    protectedNow: open.filter((epoch) => !isUnprotected(epoch, nowMs)).length,
    unprotectedMs: sum('unprotectedMs'),
    throughMs: sum('throughMs'),
    misplacedMs: sum('misplacedMs'),
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
    qty: show(order.qty),
    price: show(order.price),
    reduceOnly: order.reduceOnly,
    orderStatus: order.status,
    cancelType: order.cancelType,
    cumExecQty: show(order.cumExecQty),
    createdAtMs: order.createdAtMs,
    updatedAtMs: order.updatedAtMs,
    origin: order.origin,
  };
}

function openOrderFacts(order: Order): Record<string, unknown> {
  return {
    ...orderFacts(order),
    leavesQty: show(leavesOf(order)),
    triggerPrice: showOrEmpty(order.triggerPrice),
    triggerBy: order.triggerBy,
    stopLoss: showOrEmpty(order.stopLoss),
    takeProfit: showOrEmpty(order.takeProfit),
  };
}

function executionFacts(execution: Execution): Record<string, unknown> {
  return {
    account: execution.account,
    symbol: execution.symbol,
    positionIdx: execution.positionIdx,
    orderId: execution.orderId,
    orderLinkId: execution.orderLinkId,
    execId: execution.execId,
    side: execution.side,
    orderType: execution.orderType,
    stopOrderType: execution.stopOrderType,
    execType: execution.execType,
    execQty: show(execution.execQty),
    execPrice: show(execution.execPrice),
    execFee: show(execution.execFee),
    execPnl: show(execution.execPnl),
    closedSize: show(execution.closedSize),
    isMaker: execution.isMaker,
    seq: execution.seq,
    atMs: execution.atMs,
  };
}

type Counted = { readonly outcome: string; readonly count: number };

function totalsByOutcome(requests: readonly Counted[]): Record<string, number> {
  const totals: Record<string, number> = { all: 0 };
  for (const { outcome, count } of requests) {
    totals['all'] = (totals['all'] ?? 0) + count;
    totals[outcome] = (totals[outcome] ?? 0) + count;
  }
  return totals;
}

function countOf(requests: readonly Counted[], outcomes: readonly string[]): number {
  return requests.filter(({ outcome }) => outcomes.includes(outcome)).reduce((sum, { count }) => sum + count, 0);
}
