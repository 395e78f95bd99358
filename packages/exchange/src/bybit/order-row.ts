import type { OrderRow } from '@backstop/core';
import { z } from 'zod';
import { amount, exact, open, openOrNone, positionIdx, priceOrNone, side, timestamp, triggerBy } from './fields.ts';

/** One item of order/realtime and order/history (reference C.6). */
export const orderRow = z
  .object({
    orderId: z.string().min(1),
    orderLinkId: open,
    symbol: z.string().min(1),
    positionIdx,
    side,
    orderType: z.string(),
    orderStatus: z.string().min(1),
    stopOrderType: openOrNone,
    price: priceOrNone,
    qty: exact,
    leavesQty: amount,
    cumExecQty: amount,
    triggerPrice: priceOrNone,
    triggerBy,
    stopLoss: priceOrNone,
    reduceOnly: z.boolean(),
    cancelType: open,
    rejectReason: open,
    createdTime: timestamp,
    updatedTime: timestamp,
  })
  .transform((wire): OrderRow => ({
    orderId: wire.orderId,
    orderLinkId: wire.orderLinkId,
    symbol: wire.symbol,
    positionIdx: wire.positionIdx,
    side: wire.side,
    orderType: wire.orderType,
    status: wire.orderStatus,
    stopOrderType: wire.stopOrderType,
    price: wire.price,
    qty: wire.qty,
    leavesQty: wire.leavesQty,
    cumExecQty: wire.cumExecQty,
    triggerPrice: wire.triggerPrice,
    triggerBy: wire.triggerBy,
    stopLoss: wire.stopLoss,
    reduceOnly: wire.reduceOnly,
    cancelType: wire.cancelType,
    rejectReason: wire.rejectReason,
    createdTimeMs: wire.createdTime,
    updatedTimeMs: wire.updatedTime,
  }));
