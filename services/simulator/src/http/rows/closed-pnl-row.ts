import type { ClosedPnl } from '../../engine/money/closed-pnl.ts';
import { over, roundTo, show } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';

const PLACES = 8;

/** One row of position/closed-pnl (reference C.5). */
export function closedPnlRow(record: ClosedPnl): Record<string, unknown> {
  return {
    symbol: record.symbol,
    orderType: record.orderType,
    leverage: show(record.leverage),
    updatedTime: String(record.updatedAtMs),
    side: record.side,
    orderId: record.orderId,
    closedPnl: rounded(record.closedPnl),
    openFee: rounded(record.openFee),
    closeFee: rounded(record.closeFee),
    avgEntryPrice: rounded(over(record.cumEntryValue, record.closedSize)),
    qty: show(record.qty),
    cumEntryValue: rounded(record.cumEntryValue),
    createdTime: String(record.createdAtMs),
    orderPrice: show(record.orderPrice),
    closedSize: show(record.closedSize),
    avgExitPrice: rounded(over(record.cumExitValue, record.closedSize)),
    execType: record.execType,
    fillCount: String(record.fillCount),
    cumExitValue: rounded(record.cumExitValue),
  };
}

function rounded(value: Decimal): string {
  return show(roundTo(value, PLACES));
}
