import { z } from 'zod';
import { decimal, parseDecimal } from '../engine/decimal.ts';
import type { Engine } from '../engine/engine.ts';

const FIRST_UID = 1_000_001;

/** A decimal above zero, as text. */
export const positive = z.string().transform((text, context) => {
  const value = parseDecimal(text);
  if (value !== undefined && value > 0n) return value;
  context.addIssue({ code: 'custom', message: 'is not a positive decimal' });
  return z.NEVER;
});

export const symbolName = z.string().regex(/^[A-Z0-9]{2,30}$/, 'is not a symbol in capitals');

const account = z.strictObject({
  name: z.string().min(1),
  apiKey: z.string().min(1),
  secret: z.string().min(1),
  uid: z.number().int().positive().optional(),
  balance: positive.default(decimal('100000')),
  mode: z.enum(['one-way', 'hedge']).default('one-way'),
  leverage: positive.default(decimal('10')),
  marginMode: z.enum(['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN']).default('REGULAR_MARGIN'),
});

const instrument = z.strictObject({
  symbol: symbolName,
  tickSize: positive,
  qtyStep: positive,
  minOrderQty: positive.optional(),
  maxOrderQty: positive.default(decimal('100000000')),
  maxMktOrderQty: positive.default(decimal('100000000')),
  minNotionalValue: positive.default(decimal('5')),
  status: z.enum(['PreLaunch', 'Trading', 'Delivering', 'Closed']).default('Trading'),
  deliveryTime: z.number().int().min(0).default(0),
  fundingInterval: z.number().int().positive().default(480),
  price: positive,
});

export const accountsBody = z
  .strictObject({ accounts: z.array(account).min(1) })
  .superRefine(({ accounts }, context) => {
    for (const field of ['name', 'apiKey'] as const) {
      const seen = new Set<string>();
      for (const [index, entry] of accounts.entries()) {
        if (seen.has(entry[field]))
          context.addIssue({ code: 'custom', path: ['accounts', index, field], message: 'is not unique' });
        seen.add(entry[field]);
      }
    }
  });
export const instrumentsBody = z.strictObject({ instruments: z.array(instrument).min(1) });

/** What a file given at the start may hold. */
export const setupFile = z.strictObject({
  accounts: z.array(account).default([]),
  instruments: z.array(instrument).default([]),
});

export type Setup = z.output<typeof setupFile>;

/** Opens the accounts and lists the instruments; those that exist by name are replaced. */
export function applySetup(engine: Engine, setup: Setup): void {
  for (const spec of setup.instruments) {
    const { deliveryTime: deliveryTimeMs, minOrderQty = spec.qtyStep, ...filters } = spec;
    engine.addInstrument({ ...filters, minOrderQty, deliveryTimeMs });
  }
  for (const spec of setup.accounts) {
    const former = engine.venue.accounts.get(spec.name);
    const uid = spec.uid ?? former?.uid ?? FIRST_UID + engine.venue.accounts.size;
    engine.addAccount({ ...spec, uid });
  }
}
