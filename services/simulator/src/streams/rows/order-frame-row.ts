import { roundTo, show } from '../../engine/decimal.ts';
import type { Order } from '../../engine/model.ts';
import { historyRow } from '../../http/rows/order-row.ts';
import { arranged } from './arranged.ts';

/** A profit may have more digits than the exchange shows: entry values are shared out pro rata. */
const PNL_PLACES = 8;

/** In the order of the captures; the last three are later additions (reference D.4). */
const NAMES = [
  'category',
  'symbol',
  'orderLinkId',
  'blockTradeId',
  'positionIdx',
  'cancelType',
  'rejectReason',
  'isLeverage',
  'orderIv',
  'takeProfit',
  'stopLoss',
  'triggerBy',
  'tpTriggerBy',
  'slTriggerBy',
  'triggerDirection',
  'placeType',
  'closeOnTrigger',
  'reduceOnly',
  'smpGroup',
  'smpType',
  'smpOrderId',
  'slLimitPrice',
  'tpLimitPrice',
  'tpslMode',
  'createType',
  'marketUnit',
  'feeCurrency',
  'stopOrderType',
  'triggerPrice',
  'orderId',
  'side',
  'orderStatus',
  'timeInForce',
  'price',
  'qty',
  'avgPrice',
  'leavesQty',
  'leavesValue',
  'cumExecQty',
  'cumExecValue',
  'cumExecFee',
  'orderType',
  'lastPriceOnCreated',
  'createdTime',
  'updatedTime',
  'closedPnl',
  'slippageTolerance',
  'slippageToleranceType',
  'cumFeeDetail',
  'parentOrderLinkId',
  'rpiTakerAccess',
  'rpiMatchedQty',
];

/** One row of the `order` topic: the listing's row with the stream's own fields and none-values (reference D.4). */
export function orderFrameRow(order: Order): Record<string, unknown> {
  const row = historyRow(order);
  return arranged(NAMES, {
    ...row,
    closedPnl: show(roundTo(order.closedPnl, PNL_PLACES)),
    category: 'linear',
    feeCurrency: '',
    tpslMode: shownMode(order, row['tpslMode']),
  });
}

/** `UNKNOWN` for orders that are no TP/SL orders, and for a trailing stop while it waits (captures). */
function shownMode(order: Order, mode: unknown): unknown {
  const isTrailing = order.stopOrderType === 'TrailingStop';
  if (isTrailing) return order.status === 'Untriggered' ? 'UNKNOWN' : 'Full';
  return mode === '' ? 'UNKNOWN' : mode;
}
