import { type AmendSpec, type CancelSpec, format, type OrderSpec, type StopSpec } from '@backstop/core';
import type {
  BatchAmendOrderParamsV5,
  BatchCancelOrderParamsV5,
  BatchOrderParamsV5,
  SetTradingStopParamsV5,
} from 'bybit-api';

/** order/create, without the category. An attached stop is Full: it becomes the position's own (S-02, reference C.12). */
export function createBody(order: OrderSpec): BatchOrderParamsV5 {
  const { price, stopLoss, slTriggerBy } = order;
  return {
    symbol: order.symbol,
    side: order.side,
    orderType: order.orderType,
    qty: format(order.qty),
    ...(price !== undefined && { price: format(price) }),
    timeInForce: order.timeInForce,
    positionIdx: order.positionIdx,
    orderLinkId: order.orderLinkId,
    reduceOnly: order.reduceOnly,
    closeOnTrigger: order.closeOnTrigger,
    smpType: 'None',
    ...(stopLoss !== undefined && { stopLoss: format(stopLoss), tpslMode: 'Full' }),
    ...(slTriggerBy !== undefined && { slTriggerBy }),
  };
}

/** order/amend, without the category: what is not named stays as it is (reference C.13). */
export function amendBody({ symbol, orderId, qty, price, stopLoss, slTriggerBy }: AmendSpec): BatchAmendOrderParamsV5 {
  return {
    symbol,
    orderId,
    ...(qty !== undefined && { qty: format(qty) }),
    ...(price !== undefined && { price: format(price) }),
    ...(stopLoss !== undefined && { stopLoss: format(stopLoss) }),
    ...(slTriggerBy !== undefined && { slTriggerBy }),
  };
}

export function cancelBody({ symbol, orderId }: CancelSpec): BatchCancelOrderParamsV5 {
  return { symbol, orderId };
}

/**
 * trading-stop for the position's Full-mode stop, and its trailing stop where one is to be armed: what is not named keeps its
 * value (reference C.16). The stop is always named: that it stays when only the trail is sent is not confirmed (S-10).
 */
export function stopBody({ symbol, positionIdx, triggerPrice, triggerBy, trailing }: StopSpec): SetTradingStopParamsV5 {
  return {
    category: 'linear',
    symbol,
    tpslMode: 'Full',
    stopLoss: format(triggerPrice),
    slTriggerBy: triggerBy,
    ...(trailing !== undefined && { trailingStop: format(trailing.distance) }),
    ...(trailing?.activePrice !== undefined && { activePrice: format(trailing.activePrice) }),
    positionIdx,
  };
}
