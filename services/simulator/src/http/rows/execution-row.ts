import { show } from '../../engine/decimal.ts';
import type { Execution } from '../../engine/model.ts';

/** One row of execution/list (reference C.8), with the empty values of the captures. */
export function executionRow(execution: Execution): Record<string, unknown> {
  return {
    symbol: execution.symbol,
    orderType: execution.orderType,
    underlyingPrice: '',
    orderLinkId: execution.orderLinkId,
    orderId: execution.orderId,
    stopOrderType: execution.stopOrderType === '' ? 'UNKNOWN' : execution.stopOrderType,
    execTime: String(execution.atMs),
    feeCurrency: '',
    createType: execution.createType,
    feeRate: show(execution.feeRate),
    tradeIv: '',
    blockTradeId: '',
    markPrice: show(execution.markPrice),
    execPrice: show(execution.execPrice),
    markIv: '',
    orderQty: show(execution.orderQty),
    orderPrice: show(execution.orderPrice),
    execValue: show(execution.execValue),
    closedSize: show(execution.closedSize),
    execType: execution.execType,
    seq: execution.seq,
    side: execution.side,
    indexPrice: '',
    leavesQty: show(execution.leavesQty),
    isMaker: execution.isMaker,
    execFee: show(execution.execFee),
    execId: execution.execId,
    marketUnit: '',
    execQty: show(execution.execQty),
    extraFees: extraFeesOf(execution),
  };
}

/** The tax on top of the fee, with all its digits; "" where there is none (reference E.1). */
function extraFeesOf({ extraFee, extraFeeRate }: Execution): unknown {
  if (extraFeeRate === 0n) return '';
  const tax = { feeCoin: 'USDT', feeType: 'GST', subFeeType: 'IND_GST' };
  return [{ ...tax, feeRate: show(extraFeeRate), fee: show(extraFee) }];
}
