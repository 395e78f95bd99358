import { z } from 'zod';
import type { Transaction } from '../../engine/money/transactions.ts';
import { refusals } from '../../engine/refusal.ts';
import { parseListing } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { newest } from '../newest.ts';
import { transactionRow } from '../rows/transaction-row.ts';

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;

const query = z.object({
  accountType: z.enum(['UNIFIED', '']).optional(),
  category: fields.text,
  currency: fields.text,
  baseCoin: fields.text,
  type: fields.text,
  startTime: fields.integer.optional(),
  endTime: fields.integer.optional(),
  limit: limitField(50, 20),
  cursor: fields.text,
});

type Filter = z.output<typeof query> & { readonly fromMs: number; readonly toMs: number };

/** GET /v5/account/transaction-log: newest first; the last 24 hours unless a time is named, seven days at most. */
export function transactionLog({ engine, account, input }: Call): Answer {
  const asked = parseListing(query, { engine, input });
  const filter = { ...asked, ...rangeOf(asked, engine.venue.nowMs()) };
  const before = asked.cursor === undefined ? Number.POSITIVE_INFINITY : numberAt(asked.cursor);
  const page = newest(account.transactions, {
    most: asked.limit,
    rowOf: (transaction) => transaction,
    isWanted: (transaction) => transaction.number < before && isMeant(transaction, filter),
    isPast: ({ atMs }) => atMs < filter.fromMs,
  });
  const ends = [page[0], page.at(-1)].filter((one) => one !== undefined).map(({ number }) => `${number}:2`);
  return { result: { nextPageCursor: encodeCursor(ends), list: page.map(transactionRow) } };
}

function rangeOf({ startTime, endTime }: z.output<typeof query>, nowMs: number): { fromMs: number; toMs: number } {
  const toMs = endTime ?? (startTime === undefined ? nowMs : startTime + DAY_MS);
  const fromMs = startTime ?? toMs - DAY_MS;
  if (toMs < fromMs || toMs - fromMs > WEEK_MS)
    throw refusals.parameter('The time range between startTime and endTime is limited to 7 days');
  return { fromMs, toMs };
}

function isMeant(transaction: Transaction, filter: Filter): boolean {
  const { type = transaction.type, currency = 'USDT', fromMs, toMs } = filter;
  const isInTime = transaction.atMs >= fromMs && transaction.atMs <= toMs;
  return isInTime && type === transaction.type && currency === 'USDT' && isOfContract(transaction, filter);
}

/** Transfers belong to no category and no contract. */
function isOfContract({ execution }: Transaction, { category, baseCoin }: Filter): boolean {
  if (category !== undefined && (category !== 'linear' || execution === undefined)) return false;
  return baseCoin === undefined || execution?.symbol === `${baseCoin}USDT`;
}

function numberAt(cursor: string): number {
  const number = Number(decodeCursor(cursor).at(-1)?.split(':')[0]);
  if (!Number.isSafeInteger(number)) throw refusals.parameter('params error: cursor invalid');
  return number;
}
