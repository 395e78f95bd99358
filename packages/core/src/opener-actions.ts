import type { Action } from './decision.ts';
import { isEntry } from './executed.ts';
import type { OwnOrder } from './own-orders.ts';
import { workingOrder } from './view.ts';
import type { View } from './view.ts';

/**
 * An order of ours that is there to close and could open goes at once, whoever sent it so, and is placed anew (F-21). It adds
 * exposure, so that it goes with the entries (S-15), on open books too.
 */
export function openerActions(view: View): readonly Action[] {
  return view.own
    .filter((order) => canOpen(order) && workingOrder(view, order.leg) === order)
    .map(({ leg, row }) => ({
      type: 'cancel',
      reason: 'it could open a position',
      budget: 'protective',
      absolute: true,
      leg,
      cancel: { symbol: row.symbol, orderId: row.orderId },
    }));
}

/** In hedge mode an order on the closing side closes by its positionIdx, and is listed as reduce-only (reference C.19). */
export function canOpen({ leg, row }: OwnOrder): boolean {
  return !isEntry(leg) && !row.reduceOnly && row.positionIdx === 0;
}
