import { type Execution, format, type Instrument, type OrderRow, type PositionRow } from '@backstop/core';

/** Rows as the exchange writes them, for tests that go the other way. */

export function wirePosition(row: PositionRow): object {
  return {
    symbol: row.symbol,
    positionIdx: row.positionIdx,
    side: row.side ?? '',
    size: format(row.size),
    avgPrice: format(row.averagePrice),
    stopLoss: row.stopLoss === undefined ? '' : format(row.stopLoss),
    trailingStop: row.trailingStop === undefined ? '0' : format(row.trailingStop),
    ...(row.activePrice !== undefined && { activePrice: format(row.activePrice) }),
    liqPrice: row.liqPrice === undefined ? '' : format(row.liqPrice),
    positionStatus: row.status,
    seq: row.seq,
    createdTime: String(row.createdTimeMs),
    updatedTime: String(row.updatedTimeMs),
    tradeMode: 0,
  };
}

export function wireOrder(row: OrderRow): object {
  return {
    orderId: row.orderId,
    orderLinkId: row.orderLinkId,
    symbol: row.symbol,
    positionIdx: row.positionIdx,
    side: row.side,
    orderType: row.orderType,
    orderStatus: row.status,
    stopOrderType: row.stopOrderType === '' ? 'UNKNOWN' : row.stopOrderType,
    price: row.price === undefined ? '0' : format(row.price),
    qty: format(row.qty),
    leavesQty: format(row.leavesQty),
    cumExecQty: format(row.cumExecQty),
    triggerPrice: row.triggerPrice === undefined ? '0.00' : format(row.triggerPrice),
    triggerBy: row.triggerBy ?? '',
    stopLoss: row.stopLoss === undefined ? '' : format(row.stopLoss),
    reduceOnly: row.reduceOnly,
    cancelType: row.cancelType,
    rejectReason: row.rejectReason,
    createdTime: String(row.createdTimeMs),
    updatedTime: String(row.updatedTimeMs),
  };
}

export function wireExecution(row: Execution): object {
  return {
    execId: row.execId,
    orderId: row.orderId,
    orderLinkId: row.orderLinkId,
    symbol: row.symbol,
    side: row.side,
    execType: row.execType,
    stopOrderType: row.stopOrderType === '' ? 'UNKNOWN' : row.stopOrderType,
    createType: row.createType,
    execPrice: format(row.price),
    execQty: format(row.qty),
    execValue: format(row.value),
    execFee: format(row.fee),
    extraFees: '',
    closedSize: format(row.closedSize),
    seq: row.seq,
    execTime: String(row.timeMs),
  };
}

export function wireInstrument(row: Instrument, others: object = {}): object {
  return {
    symbol: row.symbol,
    contractType: 'LinearPerpetual',
    settleCoin: 'USDT',
    status: row.status,
    deliveryTime: String(row.deliveryTimeMs),
    priceFilter: { tickSize: format(row.tickSize) },
    lotSizeFilter: {
      qtyStep: format(row.qtyStep),
      minOrderQty: format(row.minOrderQty),
      maxOrderQty: format(row.maxOrderQty),
      maxMktOrderQty: format(row.maxMktOrderQty),
      minNotionalValue: format(row.minNotionalValue),
    },
    ...others,
  };
}
