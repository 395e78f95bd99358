import { type Decimal, decimal } from '@backstop/core';
import { z } from 'zod';

/** Averages and fees may come with more places than we keep; the rest is cut off. */
const TOO_PRECISE = /^-?\d+\.\d{13,}$/;
const PLACES_KEPT = 13; // the point and 12 places

/** A quantity, price or step: exact, and there. */
export const exact = z.string().transform(toDecimal);

/** A quantity or fee, where "" stands for 0. */
export const amount = z.string().transform((text, context) => (text === '' ? 0n : toDecimal(cut(text), context)));

/** A price, where "", "0" and "0.00" stand for none (reference section 0). */
export const priceOrNone = z.string().transform((text, context): Decimal | undefined => {
  if (text === '') return undefined;
  const price = toDecimal(cut(text), context);
  return price === 0n ? undefined : price;
});

/** Milliseconds since 1970, as text or number. */
export const timestamp = z.coerce.number().int().nonnegative();

/** A value of a set that the exchange extends at will: kept as it is. */
export const open = z.string().default('');

/** Like `open`, where "UNKNOWN" stands for none. */
export const openOrNone = open.transform((text) => (text === 'UNKNOWN' ? '' : text));

/** A source that we do not know reads as none: either differs from what is wanted, as it should (S-04). */
export const triggerBy = z.enum(['LastPrice', 'MarkPrice', 'IndexPrice']).optional().catch(undefined);

export const side = z.enum(['Buy', 'Sell']);

export const positionIdx = z.literal([0, 1, 2]);

function cut(text: string): string {
  return TOO_PRECISE.test(text) ? text.slice(0, text.indexOf('.') + PLACES_KEPT) : text;
}

function toDecimal(text: string, context: z.RefinementCtx): Decimal {
  try {
    return decimal(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not a decimal number' });
    return z.NEVER;
  }
}
