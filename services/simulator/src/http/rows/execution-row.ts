import { show } from '../../engine/decimal.ts';
import type { Execution } from '../../engine/model.ts';

/** One row of execution/list (reference C.8). */
export function executionRow(execution: Execution): Record<string, unknown> {
  return {
    symbol: execution.symbol,
    orderType: execution.orderType,
    underlyingPrice: '',
    orderLinkId: execution.orderLinkId,
    orderId: execution.orderId,
    stopOrderType: execution.stopOrderType === '' ? 'UNKNOWN' : execution.stopOrderType,
    execTime: String(execution.atMs),
    feeCurrency: 'USDT',
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
    execType: 'Trade',
    seq: execution.seq,
    side: execution.side,
    indexPrice: show(execution.indexPrice),
    leavesQty: show(execution.leavesQty),
    isMaker: execution.isMaker,
    execFee: show(execution.execFee),
    execId: execution.execId,
    marketUnit: '',
    execQty: show(execution.execQty),
    extraFees: '',
  };
}
