import type { Decimal } from '../decimal.ts';
import type { Account, ExecType, Order, Side } from '../model.ts';

/** What one closing order has realised so far (reference C.5, position/closed-pnl). */
export interface ClosedPnl {
  readonly orderId: string;
  /** Of the first closing execution: the order of the records. */
  readonly number: number;
  readonly symbol: string;
  /** The closing order's side. */
  readonly side: Side;
  readonly orderType: 'Market' | 'Limit';
  readonly execType: ExecType;
  readonly leverage: Decimal;
  readonly createdAtMs: number;
  orderPrice: Decimal;
  qty: Decimal;
  closedSize: Decimal;
  cumEntryValue: Decimal;
  cumExitValue: Decimal;
  /** Net of both fees (reference E.3). */
  closedPnl: Decimal;
  openFee: Decimal;
  closeFee: Decimal;
  fillCount: number;
  updatedAtMs: number;
}

/** What one execution closed. */
export interface Closing {
  readonly size: Decimal;
  readonly entryValue: Decimal;
  readonly exitValue: Decimal;
  readonly openFee: Decimal;
  readonly closeFee: Decimal;
  /** Before fees. */
  readonly pnl: Decimal;
}

type Circumstances = Pick<ClosedPnl, 'number' | 'execType' | 'leverage' | 'updatedAtMs'>;

/** Adds an execution's closing to the record of its order, and to the order itself. */
export function recordClosing(account: Account, order: Order, closing: Closing, how: Circumstances): void {
  const record = account.closedPnl.get(order.orderId) ?? begin(account, emptyRecord(order, how));
  const net = closing.pnl - closing.openFee - closing.closeFee;
  order.closedPnl += net;
  record.orderPrice = order.price;
  record.qty = order.qty;
  record.closedSize += closing.size;
  record.cumEntryValue += closing.entryValue;
  record.cumExitValue += closing.exitValue;
  record.closedPnl += net;
  record.openFee += closing.openFee;
  record.closeFee += closing.closeFee;
  record.fillCount += 1;
  record.updatedAtMs = how.updatedAtMs;
}

function begin({ closedPnl, closedPnlIds }: Account, record: ClosedPnl): ClosedPnl {
  closedPnl.set(record.orderId, record);
  closedPnlIds.push(record.orderId);
  return record;
}

function emptyRecord(order: Order, { number, execType, leverage, updatedAtMs }: Circumstances): ClosedPnl {
  return {
    orderId: order.orderId,
    number,
    symbol: order.symbol,
    side: order.side,
    orderType: order.orderType,
    execType,
    leverage,
    createdAtMs: updatedAtMs,
    orderPrice: order.price,
    qty: order.qty,
    closedSize: 0n,
    cumEntryValue: 0n,
    cumExitValue: 0n,
    closedPnl: 0n,
    openFee: 0n,
    closeFee: 0n,
    fillCount: 0,
    updatedAtMs,
  };
}
