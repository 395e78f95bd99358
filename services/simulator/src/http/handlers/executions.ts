import { z } from 'zod';
import type { Execution } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import { parseListing, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { newest } from '../newest.ts';
import { executionRow } from '../rows/execution-row.ts';
import { timeRange } from '../time-range.ts';

const query = z.object({
  category: z.string(),
  symbol: fields.text,
  baseCoin: fields.text,
  settleCoin: fields.text,
  orderId: fields.text,
  orderLinkId: fields.text,
  execType: fields.text,
  startTime: fields.integer.optional(),
  endTime: fields.integer.optional(),
  limit: limitField(100, 50),
  cursor: fields.text,
});

/** GET /v5/execution/list (reference C.8): newest first; an order's id overrides the other filters. */
export function executionList({ engine, account, input }: Call): Answer {
  const filter = parseListing(query, { engine, input });
  requireLinear(filter);
  const range = timeRange(filter, engine.venue.nowMs());
  const after = filter.cursor === undefined ? Number.POSITIVE_INFINITY : numberAt(filter.cursor);
  const isOfOrder = filter.orderId !== undefined || filter.orderLinkId !== undefined;
  const rows = newest(account.executions, {
    most: filter.limit,
    rowOf: (execution) => execution,
    isWanted: (execution) => execution.number < after && isMeant(execution, { ...filter, ...range }),
    isPast: ({ atMs }) => !isOfOrder && atMs < range.fromMs,
  });
  const [first, last] = [rows[0], rows.at(-1)];
  const nextPageCursor =
    first === undefined || last === undefined ? '' : encodeCursor([`${first.number}:2`, `${last.number}:2`]);
  return { result: { nextPageCursor, category: 'linear', list: rows.map(executionRow) } };
}

type Filter = z.output<typeof query> & { fromMs: number; toMs: number };

function isMeant(execution: Execution, filter: Filter): boolean {
  if (filter.orderId !== undefined) return execution.orderId === filter.orderId;
  if (filter.orderLinkId !== undefined) return execution.orderLinkId === filter.orderLinkId;
  if (!isOfContract(execution, filter)) return false;
  if (filter.execType !== undefined && filter.execType !== execution.execType) return false;
  return execution.atMs >= filter.fromMs && execution.atMs <= filter.toMs;
}

function isOfContract({ symbol }: Execution, filter: Filter): boolean {
  const wanted = filter.symbol ?? (filter.baseCoin === undefined ? symbol : `${filter.baseCoin}USDT`);
  return symbol === wanted && (filter.settleCoin ?? 'USDT') === 'USDT';
}

function numberAt(cursor: string): number {
  const number = Number(decodeCursor(cursor).at(-1)?.split(':')[0]);
  if (!Number.isSafeInteger(number)) throw refusals.parameter('params error: cursor invalid');
  return number;
}
