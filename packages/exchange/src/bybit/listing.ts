import { ExchangeError } from '@backstop/core';
import { z } from 'zod';
import type { Reply } from './reply.ts';

export interface Page<T> {
  readonly rows: readonly T[];
  readonly cursor: string;
}

/** A page of a listing whose rows parse by `row`. */
export type PageParser<T> = (reply: Reply) => Page<T>;

/**
 * Makes a parser of pages. A row that cannot be read rejects the page with the reason `rejected`, naming the rows' symbols
 * and fields: what is in such a listing is unknown, never empty.
 */
export function pageParser<T>(name: string, row: z.ZodType<T>): PageParser<T> {
  const schema = z.object({ list: z.array(row), nextPageCursor: z.string().default('') });
  return ({ result }) => {
    const parsed = schema.safeParse(result);
    if (!parsed.success) throw malformed(name, parsed.error, result);
    return { rows: parsed.data.list, cursor: parsed.data.nextPageCursor };
  };
}

const FAULTS_NAMED = 3;

const symbols = z.object({ list: z.array(z.object({ symbol: z.string() }).partial().catch({})) });

function malformed(name: string, { issues }: z.ZodError, result: unknown): ExchangeError {
  const rows = symbols.safeParse(result).data?.list ?? [];
  const faults = issues.slice(0, FAULTS_NAMED).map(({ path, message }) => {
    const [, index, ...field] = path;
    const symbol = typeof index === 'number' ? (rows[index]?.symbol ?? `row ${index}`) : '';
    return `${[symbol, field.map(String).join('.') || path.map(String).join('.')].filter(Boolean).join(' ')}: ${message}`;
  });
  return new ExchangeError('rejected', `cannot read ${name} (${issues.length} faults): ${faults.join('; ')}`);
}

/** More pages than any account can have: a listing that goes on is broken. */
const MAX_PAGES = 500;

export interface Paging<T> {
  readonly limit: number;
  readonly idOf: (row: T) => string;
  /** Fetches the page at a cursor; `{}` = the first. */
  readonly page: (at: { readonly cursor?: string }) => Promise<Page<T>>;
}

/**
 * All rows of a listing. It ends on a page shorter than `limit`: the cursor is not empty on the last page (reference C.5).
 * A row that moved between two pages is kept once, as read last. Rejects when any page does.
 */
export async function allPages<T>({ limit, idOf, page }: Paging<T>): Promise<readonly T[]> {
  const rows = new Map<string, T>();
  let at: { cursor?: string } = {};
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const { rows: found, cursor } = await page(at);
    for (const row of found) rows.set(idOf(row), row);
    if (found.length < limit || cursor === '') return [...rows.values()];
    at = { cursor };
  }
  throw new ExchangeError('rejected', `a listing did not end after ${MAX_PAGES} pages`);
}
