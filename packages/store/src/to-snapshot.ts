import type { Snapshot } from '@backstop/core';
import type { CheckRead } from './read-check.ts';

/** The facts for a decision; undefined where a row is missing or too old: unknown is no snapshot, and no rule sees it. */
export function toSnapshot(read: CheckRead): Snapshot | undefined {
  const { position, orders, instrument, executed, executionsSeq, prices } = read;
  if (position.kind !== 'row' || orders.kind !== 'row' || instrument === undefined) return undefined;

  return {
    instrument,
    position: position.value,
    positionAtMs: position.atMs,
    orders: orders.value,
    ordersAtMs: orders.atMs,
    executed,
    executionsSeq,
    prices,
    ...(position.vouched && orders.vouched && { streamed: true }),
  };
}
