import { placesOf, showFixed } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import type { Instrument } from '../engine/model.ts';

/** A quantity with the digits of the lot step, as books, trades and filters show it. */
export function showQty({ qtyStep }: Instrument, qty: Decimal): string {
  return showFixed(qty, placesOf(qtyStep));
}
