import { z } from 'zod';
import type { Account } from '../engine/model.ts';
import type { Venue } from '../engine/venue.ts';

const named = z.object({ symbol: z.string() });
const shapes = z.object({ symbol: z.string().optional(), request: z.array(z.unknown()).optional() });

/** The symbols that a mutating request is about; all with a fill waiting for a reaction when it names none. */
export function symbolsOf(venue: Venue, account: Account, input: unknown): readonly string[] {
  const parsed = shapes.safeParse(input);
  if (!parsed.success) return [];
  const { symbol, request } = parsed.data;
  if (symbol !== undefined || request !== undefined) return symbolsNamedIn(input);
  const prefix = `${account.name}:`;
  return [...venue.truth.pendingReactions.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}

/** The symbols that a request names, in its body or in the items of a batch. */
export function symbolsNamedIn(input: unknown): readonly string[] {
  const parsed = shapes.safeParse(input);
  if (!parsed.success) return [];
  const { symbol, request = [] } = parsed.data;
  if (symbol !== undefined) return [symbol];
  const items = request.flatMap((item) => {
    const { success, data } = named.safeParse(item);
    return success ? [data.symbol] : [];
  });
  return [...new Set(items)];
}
