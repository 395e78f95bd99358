import { over, roundTo, show, showOrEmpty, times } from '../../engine/decimal.ts';
import { isWorking, leavesOf } from '../../engine/model.ts';
import type { Order } from '../../engine/model.ts';

const AVERAGE_PLACES = 8;

/** One row of order/realtime, with the empty values of reference C.6; names in the order of the captures, then younger ones. */
export function orderRow(order: Order): Record<string, unknown> {
  const leaves = isWorking(order) || order.status === 'Triggered' ? leavesOf(order) : 0n;
  return {
    symbol: order.symbol,
    orderType: order.orderType,
    orderLinkId: order.orderLinkId,
    slLimitPrice: show(order.slLimitPrice),
    orderId: order.orderId,
    cancelType: order.cancelType,
    avgPrice: order.cumExecQty === 0n ? '' : show(roundTo(over(order.cumExecValue, order.cumExecQty), AVERAGE_PLACES)),
    stopOrderType: order.stopOrderType,
    lastPriceOnCreated: show(order.lastPriceOnCreated),
    orderStatus: order.status,
    createType: order.createType,
    takeProfit: showOrEmpty(order.takeProfit),
    cumExecValue: show(order.cumExecValue),
    tpslMode: order.tpslMode,
    smpType: order.smpType,
    triggerDirection: order.triggerDirection,
    blockTradeId: '',
    cumFeeDetail: order.cumExecFee === 0n ? {} : { USDT: show(order.cumExecFee) },
    isLeverage: '',
    rejectReason: order.rejectReason,
    price: show(order.price),
    orderIv: '',
    createdTime: String(order.createdAtMs),
    tpTriggerBy: order.tpTriggerBy,
    positionIdx: order.positionIdx,
    timeInForce: order.timeInForce,
    leavesValue: show(times(leaves, order.price)),
    updatedTime: String(order.updatedAtMs),
    side: order.side,
    smpGroup: 0,
    triggerPrice: showOrEmpty(order.triggerPrice),
    tpLimitPrice: show(order.tpLimitPrice),
    cumExecFee: show(order.cumExecFee),
    leavesQty: show(leaves),
    slTriggerBy: order.slTriggerBy,
    closeOnTrigger: order.closeOnTrigger,
    placeType: '',
    cumExecQty: show(order.cumExecQty),
    reduceOnly: order.reduceOnly,
    qty: show(order.qty),
    stopLoss: showOrEmpty(order.stopLoss),
    marketUnit: '',
    smpOrderId: '',
    triggerBy: order.triggerBy,
    ...youngerFields(order),
  };
}

/** One row of order/history, which says a little more (reference C.7). */
export function historyRow(order: Order): Record<string, unknown> {
  return { ...orderRow(order), rpiTakerAccess: false, rpiMatchedQty: '0' };
}

function youngerFields({ parentOrderLinkId, slippage }: Order): Record<string, unknown> {
  const tolerance = show(slippage?.tolerance ?? 0n);
  return {
    parentOrderLinkId,
    extraFees: '',
    slippageToleranceType: slippage?.type ?? 'UNKNOWN',
    slippageTolerance: tolerance,
  };
}
