import { z } from 'zod';
import type { ClosedPnl } from '../../engine/money/closed-pnl.ts';
import type { Account } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import { parseListing, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { newest } from '../newest.ts';
import { closedPnlRow } from '../rows/closed-pnl-row.ts';
import { timeRange } from '../time-range.ts';

const query = z.object({
  category: z.string(),
  symbol: fields.text,
  startTime: fields.integer.optional(),
  endTime: fields.integer.optional(),
  limit: limitField(100, 50),
  cursor: fields.text,
});

/** GET /v5/position/closed-pnl (reference C.5): one row per closing order, newest first; seven days at most. */
export function closedPnl({ engine, account, input }: Call): Answer {
  const { category, symbol, limit, cursor, ...range } = parseListing(query, { engine, input });
  if (category === 'inverse') return { result: { nextPageCursor: '', category, list: [] } };
  requireLinear({ category });
  const { fromMs, toMs } = timeRange(range, engine.venue.nowMs());
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : numberAt(account, cursor);
  const page = newest(account.closedPnlIds, {
    most: limit,
    rowOf: (orderId) => account.closedPnl.get(orderId),
    isWanted: (record) =>
      record.number < before &&
      (symbol === undefined || record.symbol === symbol) &&
      record.updatedAtMs >= fromMs &&
      record.updatedAtMs <= toMs,
  });
  const ends = [page[0], page.at(-1)].filter((record) => record !== undefined).map(cursorPart);
  return { result: { nextPageCursor: encodeCursor(ends), category, list: page.map(closedPnlRow) } };
}

/** The order's id and the nanosecond at which it first closed something. */
function cursorPart({ orderId, createdAtMs }: ClosedPnl): string {
  return `${orderId}:${createdAtMs}000000`;
}

function numberAt(account: Account, cursor: string): number {
  const orderId = decodeCursor(cursor).at(-1)?.split(':')[0] ?? '';
  const record = account.closedPnl.get(orderId);
  if (record === undefined) throw refusals.parameter('params error: cursor invalid');
  return record.number;
}
