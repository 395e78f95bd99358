import { announce } from '../orders/book.ts';
import { min } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { Account, Order, Position } from '../model.ts';
import { couple } from './pairs.ts';
import { addLegs, fitsLegs } from './partial-stops.ts';
import type { Leg } from './partial-stops.ts';
import { setFullStop, systemOrders } from './stops.ts';
import type { Venue } from '../venue.ts';

/** A fill of an entry: `qty` is what it opened. */
export interface FilledEntry {
  readonly order: Order;
  readonly isFirstFill: boolean;
  readonly qty: Decimal;
}

/**
 * A fill of an entry brings its attached levels to the position, as often as the option says (reference C.16). In Full mode
 * they take the place of what stood there (exit rule S-02); in Partial mode they cover what the entry has filled.
 */
export function attachStops(venue: Venue, account: Account, position: Position, entry: FilledEntry): void {
  const { attachedStop } = venue.options;
  if (attachedStop === 'never' || (attachedStop === 'first-fill' && !entry.isFirstFill)) return;
  if (entry.order.tpslMode === 'Partial') attachPartial(venue, account, position, entry);
  else attachFull(venue, account, position, entry.order);
}

function attachFull(venue: Venue, account: Account, position: Position, order: Order): void {
  const parent = { parentOrderLinkId: order.orderLinkId, parentOrderId: order.orderId };
  const stops = legsOf(order, 0n).map((leg) =>
    setFullStop(venue, account, position, {
      kind: leg.stopOrderType === 'PartialStopLoss' ? 'stopLoss' : 'takeProfit',
      triggerPrice: leg.triggerPrice,
      triggerBy: leg.triggerBy,
      ...parent,
    }),
  );
  couple(stops);
}

/** The legs that came with the entry's earlier fills grow; ended ones are replaced by new ones, as far as there is room. */
function attachPartial(venue: Venue, account: Account, position: Position, { order, qty }: FilledEntry): void {
  const present = systemOrders(position).filter(({ parentOrderId }) => parentOrderId === order.orderId);
  for (const leg of present) {
    leg.qty = min(leg.qty + qty, position.size);
    announce(venue, leg);
  }
  const legs = legsOf(order, qty);
  if (present.length > 0 || legs.length === 0 || !fitsLegs(account, position, legs.length)) return;
  const parent = { parentOrderLinkId: order.orderLinkId, parentOrderId: order.orderId };
  addLegs(
    venue,
    account,
    position,
    legs.map((leg) => ({ ...leg, ...parent })),
  );
}

function legsOf(order: Order, qty: Decimal): readonly Leg[] {
  const stop = {
    stopOrderType: 'PartialStopLoss',
    triggerPrice: order.stopLoss,
    triggerBy: order.slTriggerBy || 'LastPrice',
    limitPrice: order.slLimitPrice,
    qty,
  } as const;
  const profit = {
    stopOrderType: 'PartialTakeProfit',
    triggerPrice: order.takeProfit,
    triggerBy: order.tpTriggerBy || 'LastPrice',
    limitPrice: order.tpLimitPrice,
    qty,
  } as const;
  return [stop, profit].filter(({ triggerPrice }) => triggerPrice > 0n);
}
