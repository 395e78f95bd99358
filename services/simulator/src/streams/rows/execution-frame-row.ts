import { roundTo, show } from '../../engine/decimal.ts';
import type { Execution } from '../../engine/model.ts';
import { executionRow } from '../../http/rows/execution-row.ts';
import { arranged } from './arranged.ts';

/** A profit may have more digits than the exchange shows: entry values are shared out pro rata. */
const PNL_PLACES = 8;

/** In the order of the captures. */
const NAMES = [
  'category',
  'tradeIv',
  'markIv',
  'blockTradeId',
  'indexPrice',
  'underlyingPrice',
  'stopOrderType',
  'isLeverage',
  'isMaker',
  'marketUnit',
  'execPnl',
  'createType',
  'execType',
  'closedSize',
  'symbol',
  'execFee',
  'execId',
  'execPrice',
  'execQty',
  'execValue',
  'feeRate',
  'markPrice',
  'leavesQty',
  'orderId',
  'orderLinkId',
  'orderPrice',
  'orderQty',
  'orderType',
  'side',
  'execTime',
  'seq',
  'extraFees',
  'feeCurrency',
];

/** One row of the `execution` topic: the listing's row with the stream's own fields (reference D.4). */
export function executionFrameRow(execution: Execution): Record<string, unknown> {
  const row = executionRow(execution);
  return arranged(NAMES, {
    execPnl: show(roundTo(execution.execPnl, PNL_PLACES)),
    ...row,
    category: 'linear',
    feeCurrency: 'USDT',
    isLeverage: '0',
  });
}
