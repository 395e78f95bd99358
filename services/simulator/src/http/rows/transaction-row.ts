import { cutTo, roundTo, show, showOrEmpty } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';
import type { Execution } from '../../engine/model.ts';
import type { Transaction } from '../../engine/money/transactions.ts';

const PLACES = 8;

/** One row of account/transaction-log. */
export function transactionRow(transaction: Transaction): Record<string, unknown> {
  const { execution, type } = transaction;
  const trade = execution === undefined ? transferFields(transaction) : tradeFields(execution);
  return {
    transSubType: '',
    id: transaction.id,
    symbol: trade.symbol,
    side: trade.side,
    funding: type === 'SETTLEMENT' ? money(transaction.funding) : '',
    orderLinkId: trade.orderLinkId,
    orderId: trade.orderId,
    fee: money(transaction.fee),
    change: money(transaction.change),
    cashFlow: money(transaction.cashFlow),
    transactionTime: String(transaction.atMs),
    type,
    feeRate: trade.feeRate,
    bonusChange: '',
    size: show(transaction.size),
    qty: trade.qty,
    cashBalance: show(cutTo(transaction.cashBalance, PLACES)),
    currency: 'USDT',
    category: trade.category,
    tradePrice: trade.tradePrice,
    tradeId: trade.tradeId,
    extraFees: trade.extraFees,
  };
}

type TradeName =
  | 'symbol'
  | 'category'
  | 'side'
  | 'qty'
  | 'tradePrice'
  | 'feeRate'
  | 'tradeId'
  | 'orderId'
  | 'orderLinkId'
  | 'extraFees';
type TradeFields = Readonly<Record<TradeName, string>>;

function tradeFields(execution: Execution): TradeFields {
  return {
    symbol: execution.symbol,
    category: 'linear',
    side: execution.side,
    qty: show(execution.execQty),
    tradePrice: show(execution.execPrice),
    feeRate: show(execution.feeRate),
    tradeId: execution.execId,
    orderId: execution.orderId,
    orderLinkId: execution.orderLinkId,
    extraFees: showOrEmpty(execution.extraFee),
  };
}

/** Transfers have no trade to tell of. */
function transferFields({ cashFlow }: Transaction): TradeFields {
  const nothing = { symbol: '', category: '', side: 'None', tradeId: '', orderId: '', orderLinkId: '', extraFees: '' };
  return { ...nothing, qty: show(cashFlow), tradePrice: '0', feeRate: '0' };
}

function money(value: Decimal): string {
  return show(roundTo(value, PLACES));
}
