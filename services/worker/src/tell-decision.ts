import { format } from '@backstop/core';
import type { Check, Facts } from '@backstop/desk';
import { tellDetails, type Details } from '@backstop/runtime';

/**
 * Tells at level `debug` which versions of its two rows a decision stood on, and at which Redis time (`nowMs`) they were read. A
 * position without `seq` is one that no listing contained: then only the read's own time says how old that is.
 */
export function tellDecision({ ref, lane }: Check, { rows, snapshot, nowMs }: Facts, log: Details): void {
  tellDetails(log, 'facts decided on', () => {
    const { position, orders } = snapshot;
    const held = orders.map(({ orderId, updatedTimeMs, cumExecQty }) => [orderId, updatedTimeMs, format(cumExecQty)]);
    return [
      {
        ...ref,
        lane,
        position: { ...rows.position, ...(position && { seq: position.seq, updatedTimeMs: position.updatedTimeMs }) },
        orders: { ...rows.orders, held },
        nowMs,
      },
    ];
  });
}
