import { abs, decimal, divide } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import type { Rig } from './rig.ts';
import { textOf } from './wire.ts';

/** A market order's protection price, and the prices of its own moment: what tickers say meanwhile has moved on. */
export interface ProtectionPrice {
  readonly price: Decimal;
  /** From its execution. */
  readonly mark: Decimal;
  /** From the order, when it was made. */
  readonly last: Decimal;
  readonly observed: string;
}

export async function protectionPrice(rig: Rig): Promise<ProtectionPrice> {
  const row = await rig.open(1);
  const [execution] = (await rig.get('execution/list', { symbol: rig.symbol, orderId: textOf(row, 'orderId') })).list;
  const now = await rig.prices();
  const [price, mark, last] = [
    textOf(row, 'price'),
    textOf(execution ?? {}, 'markPrice'),
    textOf(row, 'lastPriceOnCreated'),
  ];
  return {
    price: decimal(price),
    mark: mark === '' ? now.mark : decimal(mark),
    last: last === '' ? now.last : decimal(last),
    observed: `price ${price} at mark ${mark}, last ${last}`,
  };
}

/** The distance of two prices as a share of the second. */
export function shareFrom(price: Decimal, base: Decimal): Decimal {
  return divide(abs(price - base), base);
}
