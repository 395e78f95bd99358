import type { Decimal } from '../decimal.ts';
import type { Account, ExecType, Execution, Position } from '../model.ts';
import type { Venue } from '../venue.ts';

type TransactionType = 'TRADE' | 'SETTLEMENT' | 'LIQUIDATION' | 'ADL' | 'DELIVERY' | 'TRANSFER_IN' | 'TRANSFER_OUT';

/** A change of the wallet: `change` = `cashFlow` + `funding` - `fee` - the tax in the execution. */
export interface Transaction {
  readonly id: string;
  /** Counts the account's transactions from 1. */
  readonly number: number;
  readonly type: TransactionType;
  readonly atMs: number;
  readonly cashFlow: Decimal;
  /** Positive = received. */
  readonly funding: Decimal;
  /** Positive = paid. */
  readonly fee: Decimal;
  readonly change: Decimal;
  readonly cashBalance: Decimal;
  /** What it came from, unless it was a transfer. */
  readonly execution: Execution | undefined;
  /** The position afterwards, negative for a short. */
  readonly size: Decimal;
}

const TYPES: Readonly<Record<ExecType, TransactionType>> = {
  Trade: 'TRADE',
  Funding: 'SETTLEMENT',
  BustTrade: 'LIQUIDATION',
  AdlTrade: 'ADL',
  Delivery: 'DELIVERY',
  Settle: 'DELIVERY',
};

/** Writes down what an execution did to the wallet, which has its new balance already. */
export function recordExecution(venue: Venue, account: Account, execution: Execution, position: Position): void {
  const isFunding = execution.execType === 'Funding';
  const fee = isFunding ? 0n : execution.execFee;
  const funding = isFunding ? -execution.execFee : 0n;
  record(venue, account, {
    type: TYPES[execution.execType],
    cashFlow: execution.execPnl,
    funding,
    fee,
    change: execution.execPnl + funding - fee - execution.extraFee,
    execution,
    size: position.side === 'Sell' ? -position.size : position.size,
  });
}

/** Puts USDT into the wallet, or takes it out when negative. */
export function transfer(venue: Venue, account: Account, amount: Decimal): void {
  account.walletBalance += amount;
  const type = amount < 0n ? 'TRANSFER_OUT' : 'TRANSFER_IN';
  const nothing = { funding: 0n, fee: 0n, execution: undefined, size: 0n };
  record(venue, account, { type, cashFlow: amount, change: amount, ...nothing });
}

type Entry = Omit<Transaction, 'id' | 'number' | 'atMs' | 'cashBalance'>;

function record(venue: Venue, account: Account, entry: Entry): void {
  const { uid, transactions, walletBalance: cashBalance } = account;
  const number = (transactions.at(-1)?.number ?? 0) + 1;
  const id = `${uid}_${entry.execution?.symbol ?? 'USDT'}_${number}`;
  transactions.push({ ...entry, id, number, atMs: venue.nowMs(), cashBalance });
}
