import type { Instrument } from '@backstop/core';
import { z } from 'zod';
import { amount, exact, timestamp } from './fields.ts';

export interface InstrumentRow {
  readonly symbol: string;
  /** undefined = not a perpetual settled in USDT, which Backstop does not trade (S-26). */
  readonly instrument: Instrument | undefined;
}

/** One item of instruments-info (reference C.2). */
export const instrumentRow = z
  .object({
    symbol: z.string().min(1),
    contractType: z.string(),
    settleCoin: z.string(),
    status: z.string(),
    deliveryTime: timestamp,
    priceFilter: z.object({ tickSize: exact }),
    lotSizeFilter: z.object({
      qtyStep: exact,
      minOrderQty: exact,
      maxOrderQty: exact,
      maxMktOrderQty: exact,
      minNotionalValue: amount.default(0n),
    }),
  })
  .transform(({ contractType, settleCoin, deliveryTime, ...wire }): InstrumentRow => {
    const { symbol, status, priceFilter, lotSizeFilter } = wire;
    const isTraded = contractType === 'LinearPerpetual' && settleCoin === 'USDT';
    const instrument = { symbol, status, ...priceFilter, ...lotSizeFilter, deliveryTimeMs: deliveryTime };
    return { symbol, instrument: isTraded ? instrument : undefined };
  });
