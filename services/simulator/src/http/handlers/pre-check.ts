import { z } from 'zod';
import type { Decimal } from '../../engine/decimal.ts';
import { decimal } from '../../engine/decimal.ts';
import { preCheck } from '../../engine/orders/pre-check.ts';
import { newId } from '../../engine/venue.ts';
import { parse, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { fields } from '../fields.ts';

const body = z.object({
  category: z.string(),
  symbol: z.string(),
  side: z.enum(['Buy', 'Sell']),
  orderType: z.enum(['Market', 'Limit']),
  qty: fields.amount,
  price: fields.amountOrZero,
  positionIdx: fields.positionIdx,
  orderLinkId: z.string().default(''),
});

const BASIS_POINT = decimal('0.0001');

/** POST /v5/order/pre-check: the account's margin rates before and after an order, in basis points. */
export function preCheckOrder({ engine, account, input }: Call): Answer {
  const { orderLinkId, ...request } = parse(body, input);
  requireLinear(request);
  const { before, after } = preCheck(engine.venue, account, request);
  return {
    result: {
      orderId: newId(engine.venue),
      orderLinkId,
      preImrE4: basisPoints(before.initial),
      preMmrE4: basisPoints(before.maintenance),
      postImrE4: basisPoints(after.initial),
      postMmrE4: basisPoints(after.maintenance),
    },
  };
}

function basisPoints(rate: Decimal): number {
  return Number(rate / BASIS_POINT);
}
