import { decimal, ONE } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import { z } from 'zod';

/** A price or quantity as text, since a JSON number may not say exactly what was written. */
export const positive = z.string('expected a decimal as text, such as "0.4290"').transform((text, context): Decimal => {
  const value = parse(text);
  if (value !== undefined && value > 0n) return value;
  context.addIssue({ code: 'custom', message: 'expected a positive decimal as text, such as "0.4290"' });
  return z.NEVER;
});

/** The same, or zero. */
export const notNegative = z.string('expected a decimal as text').transform((text, context): Decimal => {
  const value = parse(text);
  if (value !== undefined && value >= 0n) return value;
  context.addIssue({ code: 'custom', message: 'expected a decimal as text that is not negative' });
  return z.NEVER;
});

/** Percent as a number in (0, 100], read as it is written (a double's shortest text), as an exact share of one. */
export const percent = z.number('expected a number').transform((number, context): Decimal => {
  const value = parse(String(number));
  if (value !== undefined && value > 0n && value <= 100n * ONE && value % 100n === 0n) return value / 100n;
  context.addIssue({ code: 'custom', message: 'expected percent above 0 and up to 100, with at most 10 decimals' });
  return z.NEVER;
});

function parse(text: string): Decimal | undefined {
  try {
    return decimal(text);
  } catch {
    return undefined;
  }
}
