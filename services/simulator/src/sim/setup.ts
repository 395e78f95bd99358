import { isIP } from 'node:net';
import { z } from 'zod';
import { decimal, parseDecimal } from '../engine/decimal.ts';
import { VIP_TIERS } from '../engine/orders/api-key.ts';
import type { ApiKey } from '../engine/orders/api-key.ts';
import type { Engine } from '../engine/engine.ts';

const FIRST_UID = 1_000_001;

/** A decimal above zero, as text. */
export const positive = z.string().transform((text, context) => {
  const value = parseDecimal(text);
  if (value !== undefined && value > 0n) return value;
  context.addIssue({ code: 'custom', message: 'is not a positive decimal' });
  return z.NEVER;
});

/** A decimal of either sign, as text. */
export const anyDecimal = z.string().transform((text, context) => {
  const value = parseDecimal(text);
  if (value !== undefined) return value;
  context.addIssue({ code: 'custom', message: 'is not a decimal' });
  return z.NEVER;
});

export const symbolName = z.string().regex(/^[A-Z0-9]{2,30}$/, 'is not a symbol in capitals');

const account = z
  .strictObject({
    name: z.string().min(1),
    apiKey: z.string().min(1),
    /** May be missing when requests are signed with RSA. */
    secret: z.string().min(1).optional(),
    rsaPublicKey: z.string().min(1).optional(),
    uid: z.number().int().positive().optional(),
    balance: positive.default(decimal('100000')),
    mode: z.enum(['one-way', 'hedge']).default('one-way'),
    leverage: positive.default(decimal('10')),
    marginMode: z.enum(['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN']).default('REGULAR_MARGIN'),
    /** Of this account on every symbol; the venue's options when missing. */
    feeRates: z.strictObject({ taker: anyDecimal, maker: anyDecimal }).optional(),
    readOnly: z.boolean().default(false),
    permissions: z.array(z.enum(['Order', 'Position'])).default(['Order', 'Position']),
    ips: z.array(z.string().refine((address) => isIP(address) !== 0, 'is not an address')).default([]),
    symbols: z.array(symbolName).default([]),
    expiresAt: z.number().int().min(0).default(0),
    vip: z.enum(VIP_TIERS).default('No VIP'),
  })
  .refine(({ secret, rsaPublicKey }) => secret !== undefined || rsaPublicKey !== undefined, {
    path: ['secret'],
    message: 'is required, or rsaPublicKey',
  });

const instrument = z.strictObject({
  symbol: symbolName,
  tickSize: positive,
  /** Digits that prices are shown with; those of the tick when missing (a tick of 0.10 shows two). */
  priceScale: z.number().int().min(0).max(18).optional(),
  qtyStep: positive,
  minOrderQty: positive.optional(),
  maxOrderQty: positive.default(decimal('100000000')),
  maxMktOrderQty: positive.default(decimal('100000000')),
  minNotionalValue: positive.default(decimal('5')),
  status: z.enum(['PreLaunch', 'Trading', 'Delivering', 'Closed']).default('Trading'),
  deliveryTime: z.number().int().min(0).default(0),
  fundingInterval: z.number().int().positive().default(480),
  fundingRate: anyDecimal.optional(),
  /** Lowest first; a common ladder when missing. */
  riskTiers: z
    .array(z.strictObject({ riskLimitValue: positive, maxLeverage: positive, maintenanceRate: positive }))
    .min(1)
    .optional(),
  price: positive,
});

/** Accounts whose names and keys are their own. */
export const accountsList = z.array(account).superRefine((accounts, context) => {
  for (const field of ['name', 'apiKey'] as const) {
    const seen = new Set<string>();
    for (const [index, entry] of accounts.entries()) {
      if (seen.has(entry[field])) context.addIssue({ code: 'custom', path: [index, field], message: 'is not unique' });
      seen.add(entry[field]);
    }
  }
});
export const instrumentsList = z.array(instrument);

export const accountsBody = z.strictObject({ accounts: accountsList.min(1) });
export const instrumentsBody = z.strictObject({ instruments: instrumentsList.min(1) });

/** What a file given at the start may hold. */
export const setupFile = z.strictObject({
  accounts: accountsList.default([]),
  instruments: instrumentsList.default([]),
});

export type Setup = z.output<typeof setupFile>;

/**
 * Opens the accounts and lists the instruments; those that exist by name are replaced. Throws a ZodError, and changes
 * nothing, when a key belongs to an account of another name.
 */
export function applySetup(engine: Engine, setup: Setup): void {
  checkKeys(engine, setup);
  for (const spec of setup.instruments) {
    const { deliveryTime: deliveryTimeMs, minOrderQty = spec.qtyStep, ...filters } = spec;
    engine.addInstrument({ ...filters, minOrderQty, deliveryTimeMs });
  }
  for (const spec of setup.accounts) {
    const former = engine.venue.accounts.get(spec.name);
    const uid = spec.uid ?? former?.uid ?? FIRST_UID + engine.venue.accounts.size;
    engine.addAccount({ ...spec, secret: spec.secret ?? '', uid, key: keyOf(spec) });
  }
}

function checkKeys({ venue }: Engine, { accounts }: Setup): void {
  const issues = accounts.flatMap(({ name, apiKey }, index): z.core.$ZodIssue[] => {
    const { name: owner = name } = venue.accountsByKey.get(apiKey) ?? {};
    const path = ['accounts', index, 'apiKey'];
    return owner === name ? [] : [{ code: 'custom', path, message: `is the key of ${owner}`, input: apiKey }];
  });
  if (issues.length > 0) throw new z.ZodError(issues);
}

function keyOf(spec: z.output<typeof account>): ApiKey {
  const { readOnly, permissions, ips, symbols, expiresAt: expiresAtMs, vip, rsaPublicKey = '' } = spec;
  return { readOnly, permissions, ips, symbols, expiresAtMs, vip, rsaPublicKey };
}
