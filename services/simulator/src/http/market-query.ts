import { z } from 'zod';
import type { Instrument } from '../engine/model.ts';
import { refusals } from '../engine/refusal.ts';
import { requireLinear } from './call.ts';
import type { PublicCall } from './call.ts';
import { fields } from './fields.ts';

/** What each market query about one contract begins with; linear when the category is missing where that is allowed. */
export const marketQuery = { category: z.string(), symbol: z.string().min(1, 'symbol invalid') };
export const linearByDefault = { ...marketQuery, category: z.string().default('linear') };

export const time = fields.integer.optional();

/** The contract that a query names; 10001 when its category or symbol is not one of here. */
export function requireListed(
  { engine }: PublicCall,
  query: { readonly category: string; readonly symbol: string },
): Instrument {
  requireLinear(query);
  const instrument = engine.venue.instruments.get(query.symbol);
  if (instrument === undefined) throw refusals.unknownSymbol();
  return instrument;
}
