import type { Execution, OrderRow, PositionRow } from '@backstop/core';
import { wireExecution, wireOrder, wirePosition } from './wire-rows.ts';

/** Frames of the private stream as the exchange writes them (reference D.4). */
export function wireFrame(topic: string, data: readonly unknown[], others: object = {}): string {
  return JSON.stringify({ topic, id: '1000001_TESTUSDT_7', creationTime: 1_759_432_560_943, data, ...others });
}

export function orderFrameRow(row: OrderRow): object {
  const wire = wireOrder(row);
  return { ...wire, category: 'linear', ...(row.stopOrderType === '' && { stopOrderType: '' }) };
}

/** With `entryPrice` for avgPrice. */
export function positionFrameRow(row: PositionRow): object {
  const entries = Object.entries(wirePosition(row)).map(([name, value]: [string, unknown]) =>
    name === 'avgPrice' ? ['entryPrice', value] : [name, value],
  );
  return { ...Object.fromEntries(entries), category: 'linear' };
}

export function executionFrameRow(row: Execution): object {
  return { ...wireExecution(row), category: 'linear' };
}
