import { type Decimal, ExchangeError, type ReadOptions } from '@backstop/core';
import { z } from 'zod';
import { exact } from './fields.ts';
import { pageParser } from './listing.ts';
import { send } from './send.ts';
import type { Wire } from './wire.ts';

const feeRatePage = pageParser('account/fee-rate', z.object({ symbol: z.string(), takerFeeRate: exact }));

/** The account's taker rate for one symbol. Rejects with ExchangeError, also when the reply does not name the symbol. */
export async function takerFeeRate(
  wire: Wire,
  { symbol }: { readonly symbol: string },
  { signal }: ReadOptions,
): Promise<Decimal> {
  const reply = await send(wire, {
    endpoint: 'account',
    effect: 'read',
    cost: 1,
    signal,
    call: (sdk) => sdk.getFeeRate({ category: 'linear', symbol }),
  });
  const row = feeRatePage(reply).rows.find((candidate) => candidate.symbol === symbol);
  if (row === undefined) throw new ExchangeError('rejected', `account/fee-rate does not name ${symbol}`);
  return row.takerFeeRate;
}
