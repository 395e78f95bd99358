import { decimal, format, max, min } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import { RunError } from '../up/run-error.ts';
import { findOrder } from './rig.ts';
import type { Rig } from './rig.ts';
import { textOf } from './wire.ts';
import type { Wire } from './wire.ts';

const OPEN = new Set(['New', 'PartiallyFilled', 'Untriggered']);

/**
 * Takes back whatever the orders in `own` did: cancels them and sells what they bought, never more. Throws a RunError when
 * the symbol is not empty afterwards.
 */
export async function cleanUp(rig: Rig, wire: Wire, own: Set<string>): Promise<void> {
  for (const row of await rig.orders()) {
    if (own.has(textOf(row, 'orderLinkId'))) await rig.cancel(textOf(row, 'orderId'));
  }
  const size = min(decimal(textOf(await rig.position(), 'size') || '0'), await bought(rig, wire, own));
  if (size > 0n) {
    const sale = { side: 'Sell', orderType: 'Market', qty: format(size), reduceOnly: true };
    const { orderId } = await rig.place(sale);
    if (orderId !== '') await rig.order(orderId, (row) => !OPEN.has(textOf(row, 'orderStatus')));
  }
  own.clear();
  const left = await rig.orders();
  const stillOpen = textOf(await rig.position(), 'size');
  if (left.length === 0 && Number(stillOpen) === 0) return;
  throw new RunError(`${rig.symbol} is left with size ${stillOpen} and ${left.length} orders: please look at it`);
}

/** What these orders added to the position, all together. */
async function bought({ symbol }: Rig, wire: Wire, own: ReadonlySet<string>): Promise<Decimal> {
  let total = 0n;
  for (const orderLinkId of own) {
    const row = await findOrder(wire, { category: 'linear', symbol, orderLinkId });
    const qty = decimal(textOf(row ?? {}, 'cumExecQty') || '0');
    total += row?.['side'] === 'Buy' ? qty : -qty;
  }
  return max(total, 0n);
}
