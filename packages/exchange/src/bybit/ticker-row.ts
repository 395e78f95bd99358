import type { Prices } from '@backstop/core';
import { z } from 'zod';
import { priceOrNone } from './fields.ts';

export interface Ticker {
  readonly symbol: string;
  /** undefined = at least one of the three is missing, as before a listing. */
  readonly prices: Omit<Prices, 'atMs'> | undefined;
}

/** One item of market/tickers (reference C.3). */
export const tickerRow = z
  .object({ symbol: z.string().min(1), lastPrice: priceOrNone, markPrice: priceOrNone, indexPrice: priceOrNone })
  .transform(({ symbol, lastPrice: last, markPrice: mark, indexPrice: index }): Ticker => {
    const complete = last !== undefined && mark !== undefined && index !== undefined;
    return { symbol, prices: complete ? { last, mark, index } : undefined };
  });
