import { announce, nextSeq } from './book.ts';
import { trimReduceOnly } from './capacity.ts';
import { min, proportion, times } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { Account, Execution, Instrument, Order, Position } from './model.ts';
import { leavesOf } from './model.ts';
import { positionOf, touch } from './positions.ts';
import { closeEpoch, epochKey, openEpoch } from './protection.ts';
import { awaitReaction } from './reactions.ts';
import { clearStops, followSize, setFullStop } from './stops.ts';
import { emit, newId, nextNumber, requireAccount, requireInstrument } from './venue.ts';
import type { Venue } from './venue.ts';

export interface Fill {
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly isMaker: boolean;
}

/** Executes part of an order: execution, position, wallet, and everything that follows from the new size. */
export function applyFill(venue: Venue, order: Order, fill: Fill): void {
  const account = requireAccount(venue, order.account);
  const instrument = requireInstrument(venue, order.symbol);
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  const isFirstFill = order.cumExecQty === 0n;
  const closed = position.side !== '' && position.side !== order.side ? min(fill.qty, position.size) : 0n;
  const feeRate = fill.isMaker ? venue.options.makerFeeRate : venue.options.takerFeeRate;
  const fee = times(times(fill.qty, fill.price), feeRate);
  const closeFee = proportion(fee, closed, fill.qty);

  const pnl = closed === 0n ? 0n : reduce(position, order, { closed, price: fill.price, fee: closeFee });
  account.walletBalance += pnl - fee;
  account.cumRealisedPnl += pnl - fee;
  advance(order, fill, fee);
  const seq = nextSeq(instrument);
  venue.matchSeq = seq;
  record(venue, account, order, { ...fill, closed, fee, feeRate, pnl, seq });
  countFill(venue, order, position, { closed, isMaker: fill.isMaker });

  const hasClosed = closed > 0n && position.size === 0n;
  if (hasClosed) flatten(venue, account, position, closeReasonOf(order, fill.qty > closed));
  const opened = fill.qty - closed;
  if (opened > 0n) increase(venue, position, order, { opened, price: fill.price, fee: fee - closeFee });

  position.seq = seq;
  position.updatedAtMs = venue.nowMs();
  announce(venue, order);
  if (opened > 0n && attaches(venue, isFirstFill)) attachStops(venue, account, position, order);
  followSize(venue, account, position);
  trimReduceOnly(venue, account, position);
  touch(venue, position);
  venue.matchSeq = undefined;
  emit(venue, { type: 'wallet', account: account.name, walletBalance: account.walletBalance });
}

/** Takes `closed` off the position and returns the profit before fees. */
function reduce(position: Position, order: Order, part: { closed: Decimal; price: Decimal; fee: Decimal }): Decimal {
  const entry = proportion(position.entryValue, part.closed, position.size);
  const openFee = proportion(position.openFees, part.closed, position.size);
  const exit = times(part.closed, part.price);
  const pnl = position.side === 'Buy' ? exit - entry : entry - exit;
  position.size -= part.closed;
  position.entryValue -= entry;
  position.openFees -= openFee;
  position.curRealisedPnl += pnl - part.fee;
  position.cumRealisedPnl += pnl - part.fee;
  order.closedPnl += pnl - openFee - part.fee;
  return pnl;
}

function increase(
  venue: Venue,
  position: Position,
  order: Order,
  part: { opened: Decimal; price: Decimal; fee: Decimal },
): void {
  const isNew = position.size === 0n;
  if (isNew) {
    position.side = order.side;
    position.curRealisedPnl = 0n;
    position.openedAtMs = venue.nowMs();
  }
  position.size += part.opened;
  position.entryValue += times(part.opened, part.price);
  position.openFees += part.fee;
  position.curRealisedPnl -= part.fee;
  position.cumRealisedPnl -= part.fee;
  if (isNew) openEpoch(venue, position);
  const epoch = venue.truth.openEpochs.get(epochKey(position));
  if (epoch !== undefined) epoch.entryFills += 1;
}

function flatten(venue: Venue, account: Account, position: Position, closeReason: string): void {
  closeEpoch(venue, position, closeReason);
  position.side = '';
  position.entryValue = 0n;
  position.openFees = 0n;
  position.openedAtMs = 0;
  clearStops(venue, account, position);
}

function advance(order: Order, fill: Fill, fee: Decimal): void {
  order.cumExecQty += fill.qty;
  order.cumExecValue += times(fill.qty, fill.price);
  order.cumExecFee += fee;
  order.status = leavesOf(order) === 0n ? 'Filled' : 'PartiallyFilled';
}

type Executed = Fill & { closed: Decimal; fee: Decimal; feeRate: Decimal; pnl: Decimal; seq: number };

function record(venue: Venue, account: Account, order: Order, fill: Executed): void {
  const instrument: Instrument = requireInstrument(venue, order.symbol);
  const execution: Execution = {
    execId: newId(venue),
    number: nextNumber(venue),
    account: account.name,
    symbol: order.symbol,
    positionIdx: order.positionIdx,
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    side: order.side,
    orderPrice: order.price,
    orderQty: order.qty,
    leavesQty: leavesOf(order),
    createType: order.createType,
    orderType: order.orderType,
    stopOrderType: order.stopOrderType,
    execPrice: fill.price,
    execQty: fill.qty,
    execValue: times(fill.qty, fill.price),
    execFee: fill.fee,
    feeRate: fill.feeRate,
    execPnl: fill.pnl,
    isMaker: fill.isMaker,
    markPrice: instrument.mark,
    indexPrice: instrument.index,
    closedSize: fill.closed,
    seq: fill.seq,
    atMs: venue.nowMs(),
  };
  account.executions.push(execution);
  if (fill.closed > 0n) venue.truth.lastClosing.set(`${account.name}:${order.symbol}`, execution.number);
  emit(venue, { type: 'execution', account: account.name, execution });
}

function countFill(venue: Venue, order: Order, position: Position, fill: { closed: Decimal; isMaker: boolean }): void {
  const epoch = venue.truth.openEpochs.get(epochKey(position));
  if (epoch !== undefined && fill.closed > 0n) epoch.reduceFills += 1;
  if (fill.isMaker || order.triggerPrice > 0n) awaitReaction(venue, order, fill.closed > 0n);
}

function attaches({ options }: Venue, isFirstFill: boolean): boolean {
  return options.attachedStop === 'per-fill' || (options.attachedStop === 'first-fill' && isFirstFill);
}

/** A filled entry puts its attached levels on the position, in place of what stood there (exit rule S-02). */
function attachStops(venue: Venue, account: Account, position: Position, order: Order): void {
  const levels = [
    { kind: 'stopLoss', triggerPrice: order.stopLoss, triggerBy: order.slTriggerBy || 'LastPrice' },
    { kind: 'takeProfit', triggerPrice: order.takeProfit, triggerBy: order.tpTriggerBy || 'LastPrice' },
  ] as const;
  for (const level of levels) {
    if (level.triggerPrice === 0n) continue;
    setFullStop(venue, account, position, { ...level, parentOrderLinkId: order.orderLinkId });
  }
}

function closeReasonOf(order: Order, isFlip: boolean): string {
  if (isFlip) return 'Flip';
  if (order.stopOrderType !== '') return order.stopOrderType;
  return order.origin === 'manual' ? `Manual${order.orderType}` : order.orderType;
}
