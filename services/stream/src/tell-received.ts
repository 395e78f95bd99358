import { format, type OrderRow, type PositionRow, type PrivateFrame } from '@backstop/core';
import { tellDetails, type Details } from '@backstop/runtime';

/**
 * Tells at level `debug` which versions of which rows frames have brought, and at which Redis time (`nowMs`) they were in the
 * cache: that no decision from then on stands on older ones is computed from these lines, over all processes (DESIGN section 4).
 */
export function tellReceived(account: string, frames: readonly PrivateFrame[], nowMs: number, log: Details): void {
  tellDetails(log, 'row received', () =>
    frames.flatMap((frame) => {
      if (frame.topic === 'position') return frame.rows.map((row) => ({ account, ...ofPosition(row, frame), nowMs }));
      if (frame.topic === 'order') return frame.rows.map((row) => ({ account, ...ofOrder(row), nowMs }));
      return [];
    }),
  );
}

function ofPosition({ symbol, positionIdx, seq, updatedTimeMs }: PositionRow, { createdMs }: PrivateFrame): object {
  return { kind: 'position', symbol, positionIdx, seq, updatedTimeMs, createdMs };
}

function ofOrder({ symbol, positionIdx, orderId, updatedTimeMs, cumExecQty, status }: OrderRow): object {
  return { kind: 'orders', symbol, positionIdx, orderId, updatedTimeMs, cumExecQty: format(cumExecQty), status };
}
