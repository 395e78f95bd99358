import { z } from 'zod';
import { parseDecimal } from '../engine/decimal.ts';

const decimalText = z.string().transform((text, context) => {
  if (text === '') return 0n;
  const value = parseDecimal(text);
  if (value !== undefined && value >= 0n) return value;
  context.addIssue({ code: 'custom', message: 'is not a decimal number' });
  return z.NEVER;
});

/** The pieces that requests are made of. Empty texts mean "nothing" as they do on the exchange. */
export const fields = {
  /** A decimal; "" is zero. */
  amount: decimalText,
  /** A decimal, zero when missing. */
  amountOrZero: decimalText.optional().transform((value) => value ?? 0n),
  /** A decimal, `undefined` when missing or empty, so that "0" can mean "remove". */
  change: z
    .union([z.literal('').transform(() => undefined), decimalText])
    .optional()
    .transform((value) => value),
  positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  priceSource: z
    .enum(['LastPrice', 'MarkPrice', 'IndexPrice', ''])
    .optional()
    .transform((source) => source || undefined),
  /** The kind of a TP/SL leg; "" = not said. */
  legType: z.enum(['Market', 'Limit', '']).default(''),
  text: z
    .string()
    .optional()
    .transform((text) => text || undefined),
  flag: z.boolean().default(false),
  /** Milliseconds or a count in a query string. */
  integer: z
    .string()
    .regex(/^\d{1,16}$/, 'is not a whole number')
    .transform(Number),
} as const;

/** `limit` of a listing: 1..most, as text (reference C: each listing has its own bounds). */
export function limitField(most: number, standard: number): z.ZodType<number> {
  return fields.integer
    .pipe(z.number().min(1).max(most))
    .optional()
    .transform((limit) => limit ?? standard);
}
