import { attachStops } from '../stops/attached-stops.ts';
import { announce } from '../orders/book.ts';
import { leverageOf } from '../money/accounts.ts';
import { trimReduceOnly } from '../orders/capacity.ts';
import { recordClosing } from '../money/closed-pnl.ts';
import type { Closing } from '../money/closed-pnl.ts';
import { min, proportion, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { chargeOf } from '../money/fees.ts';
import type { Charge } from '../money/fees.ts';
import { inMatch } from './in-match.ts';
import type { Account, ExecType, Execution, Instrument, Order, Position } from '../model.ts';
import { leavesOf } from '../model.ts';
import { positionOf, touch } from '../money/positions.ts';
import { nextSeq } from './next-seq.ts';
import { closeEpoch, epochKey, openEpoch } from '../truth/protection.ts';
import { awaitReaction } from '../truth/reactions.ts';
import { clearStops, followSize } from '../stops/stops.ts';
import { recordExecution } from '../money/transactions.ts';
import { updateTimeMs } from '../update-time.ts';
import { emit, newExecId, nextNumber, requireAccount, requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

export interface Fill {
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly isMaker: boolean;
  /** A trade unless the exchange does it. */
  readonly execType?: ExecType;
}

/** Executes part of an order: execution, position, wallet, and everything that follows from the new size. */
export function applyFill(venue: Venue, order: Order, fill: Fill): void {
  inMatch(venue, requireInstrument(venue, order.symbol), () => fillInMatch(venue, order, fill));
}

function fillInMatch(venue: Venue, order: Order, fill: Fill): void {
  const account = requireAccount(venue, order.account);
  const position = positionOf(venue, account, order.symbol, order.positionIdx);
  const isFirstFill = order.cumExecQty === 0n;
  const execution = trade(venue, account, position, { order, fill });
  position.seq = execution.seq;
  position.updatedAtMs = updateTimeMs(venue);
  announce(venue, order);
  const qty = fill.qty - execution.closedSize;
  if (qty > 0n) attachStops(venue, account, position, { order, isFirstFill, qty });
  followSize(venue, position);
  trimReduceOnly(venue, position);
  touch(venue, position);
  venue.pending.wallets.add(account);
}

/** What the fill does to order, position, wallet and ledgers. */
function trade(
  venue: Venue,
  account: Account,
  position: Position,
  { order, fill }: { order: Order; fill: Fill },
): Execution {
  const charge = chargeOf(venue, account, { ...fill, symbol: order.symbol, value: times(fill.qty, fill.price) });
  const parts = partsOf(fill, charge, closedBy(position, order, fill));
  const closing = parts.closed.qty === 0n ? undefined : reduce(position, parts.closed);
  const pnl = closing?.pnl ?? 0n;
  const change = pnl - charge.fee - charge.extraFee;
  account.walletBalance += change;
  account.cumRealisedPnl += change;
  advance(order, fill, charge.fee);
  const execution = record(venue, account, order, { ...fill, ...charge, closed: parts.closed.qty, pnl });
  if (closing !== undefined) noteClosing(account, order, closing, execution);
  countFill(venue, order, position, { closed: parts.closed.qty, isMaker: fill.isMaker });
  if (closing !== undefined && position.size === 0n)
    flatten(venue, position, closeReasonOf(order, parts.opened.qty > 0n));
  if (parts.opened.qty > 0n) increase(venue, position, order, parts.opened);
  recordExecution(venue, account, execution, position);
  return execution;
}

function closedBy({ side, size }: Position, order: Order, { qty }: Fill): Decimal {
  return side !== '' && side !== order.side ? min(qty, size) : 0n;
}

/** A part of a fill with its share of the fees. */
interface Part {
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly extraFee: Decimal;
}

/** An order that turns a position over closes with one part of its fill and opens with the other. */
function partsOf({ qty, price }: Fill, charge: Charge, closed: Decimal): { closed: Part; opened: Part } {
  const fee = proportion(charge.fee, closed, qty);
  const extraFee = proportion(charge.extraFee, closed, qty);
  return {
    closed: { qty: closed, price, fee, extraFee },
    opened: { qty: qty - closed, price, fee: charge.fee - fee, extraFee: charge.extraFee - extraFee },
  };
}

/** Takes a part off the position and says what that realised. */
function reduce(position: Position, { qty, price, fee, extraFee }: Part): Closing {
  const entryValue = proportion(position.entryValue, qty, position.size);
  const openFee = proportion(position.openFees, qty, position.size);
  const exitValue = times(qty, price);
  const pnl = position.side === 'Buy' ? exitValue - entryValue : entryValue - exitValue;
  position.size -= qty;
  position.entryValue -= entryValue;
  position.openFees -= openFee;
  realise(position, pnl - fee - extraFee);
  return { size: qty, entryValue, exitValue, openFee, closeFee: fee, pnl };
}

function increase(venue: Venue, position: Position, order: Order, { qty, price, fee, extraFee }: Part): void {
  const isNew = position.size === 0n;
  if (isNew) {
    position.side = order.side;
    position.curRealisedPnl = 0n;
    position.openedAtMs = venue.nowMs();
    if (!position.wasOpened) position.createdAtMs = position.openedAtMs;
    position.wasOpened = true;
    startFunding(venue, position);
  }
  position.size += qty;
  position.entryValue += times(qty, price);
  position.openFees += fee;
  realise(position, -fee - extraFee);
  if (isNew) openEpoch(venue, position);
  const epoch = venue.truth.openEpochs.get(epochKey(position));
  if (epoch !== undefined) epoch.entryFills += 1;
}

/** The first position on a symbol owes nothing for the time before it. */
function startFunding(venue: Venue, position: Position): void {
  const isFirst = venue.openPositions.get(position.symbol)?.size === 0;
  if (isFirst) requireInstrument(venue, position.symbol).fundedUntilMs = venue.nowMs();
}

function realise(position: Position, amount: Decimal): void {
  position.curRealisedPnl += amount;
  position.cumRealisedPnl += amount;
}

function noteClosing(account: Account, order: Order, closing: Closing, execution: Execution): void {
  const { number, execType, atMs: updatedAtMs } = execution;
  const leverage = leverageOf(account, order.symbol, order.side === 'Buy' ? 'Sell' : 'Buy');
  recordClosing(account, order, closing, { number, execType, leverage, updatedAtMs });
}

function flatten(venue: Venue, position: Position, closeReason: string): void {
  closeEpoch(venue, position, closeReason);
  position.side = '';
  position.entryValue = 0n;
  position.openFees = 0n;
  position.openedAtMs = 0;
  position.addedMargin = 0n;
  position.status = 'Normal';
  clearStops(venue, position);
}

function advance(order: Order, fill: Fill, fee: Decimal): void {
  order.cumExecQty += fill.qty;
  order.cumExecValue += times(fill.qty, fill.price);
  order.cumExecFee += fee;
  order.status = leavesOf(order) === 0n ? 'Filled' : 'PartiallyFilled';
}

type Executed = Fill & Charge & { closed: Decimal; pnl: Decimal };

function record(venue: Venue, account: Account, order: Order, fill: Executed): Execution {
  const instrument: Instrument = requireInstrument(venue, order.symbol);
  const execution: Execution = {
    execId: newExecId(venue),
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
    execType: fill.execType ?? 'Trade',
    execPrice: fill.price,
    execQty: fill.qty,
    execValue: times(fill.qty, fill.price),
    execFee: fill.fee,
    feeRate: fill.feeRate,
    extraFee: fill.extraFee,
    extraFeeRate: fill.extraFeeRate,
    execPnl: fill.pnl,
    isMaker: fill.isMaker,
    markPrice: instrument.mark,
    indexPrice: instrument.index,
    closedSize: fill.closed,
    seq: venue.matchSeq ?? nextSeq(instrument),
    atMs: venue.nowMs(),
  };
  account.executions.push(execution);
  if (fill.closed > 0n) venue.truth.lastClosing.set(`${account.name}:${order.symbol}`, execution.number);
  emit(venue, { type: 'execution', account: account.name, execution });
  return execution;
}

function countFill(venue: Venue, order: Order, position: Position, fill: { closed: Decimal; isMaker: boolean }): void {
  const epoch = venue.truth.openEpochs.get(epochKey(position));
  if (epoch !== undefined && fill.closed > 0n) epoch.reduceFills += 1;
  if (fill.isMaker || order.triggerPrice > 0n) awaitReaction(venue, order, fill.closed > 0n);
}

/** What the exchange closes by itself has a reason of its own in the truth. */
const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  CreateByTakeOver_PassThrough: 'Liquidation',
  CreateByAdl_PassThrough: 'Adl',
  CreateBySettle: 'Settlement',
};

function closeReasonOf(order: Order, isFlip: boolean): string {
  const systemReason = SYSTEM_REASONS[order.createType];
  if (systemReason !== undefined) return systemReason;
  if (isFlip) return 'Flip';
  if (order.stopOrderType !== '') return order.stopOrderType;
  return order.origin === 'manual' ? `Manual${order.orderType}` : order.orderType;
}
