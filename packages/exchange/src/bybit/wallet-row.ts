import { type Decimal, ExchangeError } from '@backstop/core';
import { z } from 'zod';
import { amount } from './fields.ts';
import { pageParser } from './listing.ts';
import type { Reply } from './reply.ts';

/** Left empty, it is not known: that is not zero. */
const equity = z.string().min(1).pipe(amount);

const wallets = pageParser(
  'account/wallet-balance',
  z.object({ accountType: z.literal('UNIFIED'), coin: z.array(z.object({ coin: z.string(), equity })) }),
);

/** The equity in USDT of account/wallet-balance (reference C.9). Throws ExchangeError where the reply does not say it. */
export function equityOf(reply: Reply): Decimal {
  const coins = wallets(reply).rows.flatMap(({ coin }) => coin);
  const usdt = coins.find(({ coin }) => coin === 'USDT');
  if (usdt === undefined) throw new ExchangeError('rejected', 'account/wallet-balance does not name USDT');
  return usdt.equity;
}
