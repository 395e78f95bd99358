import type { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import type { Account } from '../engine/model.ts';
import { refusals } from '../engine/refusal.ts';

/** A request that passed its gate, as a handler sees it. */
export interface Call {
  readonly engine: Engine;
  readonly account: Account;
  readonly input: unknown;
  /** How many orders of a batch the rate limit lets through; the rest is refused one by one (reference B.4). */
  readonly granted: number;
}

/** A public request has no account. `nowMs` is the exchange's time as this reply shows it. */
export type PublicCall = Pick<Call, 'engine' | 'input'> & { readonly nowMs: number };

/** What a handler answers when it does not refuse. */
export interface Answer {
  readonly result: unknown;
  readonly retExtInfo?: unknown;
  /** What the endpoint says of its success; OK unless it has a word of its own (reference A.3). */
  readonly retMsg?: string;
}

/** The input in the shape of `schema`; 10001 with every fault and its path otherwise. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw refusals.parameter(`params error: ${faults.join('; ')}`);
}

/** As `parse`, for the query of a listing: under the option `listingLimit` a `limit` above its maximum is that maximum. */
export function parseListing<Schema extends z.ZodType>(
  schema: Schema,
  { engine, input }: Pick<Call, 'engine' | 'input'>,
): z.output<Schema> {
  if (engine.venue.options.listingLimit === 'refuse') return parse(schema, input);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues.find(({ path }) => path.join('.') === 'limit');
  if (issue?.code !== 'too_big' || typeof input !== 'object') return parse(schema, input);
  return parse(schema, { ...input, limit: String(issue.maximum) });
}

/** Everything here is about linear contracts; other categories are unknown to this exchange. */
export function requireLinear({ category }: { readonly category: string }): void {
  if (category !== 'linear') throw refusals.parameter('params error: category invalid');
}
