import { z } from 'zod';
import type { Order } from '../../engine/model.ts';
import { Refusal, refusals } from '../../engine/refusal.ts';
import { parse, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import type { OrderCommand } from './order-commands.ts';

/** Reference B.4: orders in one linear batch. */
const MOST_IN_BATCH = 20;

const batchBody = z.object({ category: z.string(), request: z.array(z.unknown()).min(1).max(MOST_IN_BATCH) });
const echo = z.object({
  symbol: z.string().catch(''),
  orderId: z.string().catch(''),
  orderLinkId: z.string().catch(''),
});
const echoOrNothing = echo.catch({ symbol: '', orderId: '', orderLinkId: '' });

/**
 * A batch of one of the single commands: every item for itself, in order, its outcome in retExtInfo at the same place
 * (reference A.3). Items beyond the rate limit are refused with 10006.
 */
export function batch(command: OrderCommand, kind: 'create' | 'amend' | 'cancel'): (call: Call) => Answer {
  return (call) => {
    const body = parse(batchBody, call.input);
    requireLinear(body);
    const outcomes = body.request.map((item, index) => outcomeOf(command, kind, call, { item, index }));
    return {
      result: { list: outcomes.map(({ row }) => row) },
      retExtInfo: { list: outcomes.map(({ status }) => status) },
    };
  };
}

/** How many orders a request body asks for; the cost of a batch under its rate limit. */
export function batchSize(input: unknown): number {
  const parsed = batchBody.safeParse(input);
  return parsed.success ? parsed.data.request.length : 1;
}

interface Outcome {
  readonly row: Record<string, string>;
  readonly status: { readonly code: number; readonly msg: string };
}

function outcomeOf(
  command: OrderCommand,
  kind: string,
  call: Call,
  { item, index }: { item: unknown; index: number },
): Outcome {
  try {
    if (index >= call.granted) throw new Refusal(10006, 'Too many visits. Exceeded the API Rate Limit.');
    if (kind === 'amend') refuseConditional(call, item);
    const order = command(call.engine, call.account, item);
    return { row: rowOf(kind, order), status: { code: 0, msg: 'OK' } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { symbol, orderId, orderLinkId } = echoOrNothing.parse(item);
    const row = { category: 'linear', symbol, orderId: kind === 'create' ? '' : orderId, orderLinkId };
    return {
      row: kind === 'create' ? { ...row, createAt: '' } : row,
      status: { code: error.retCode, msg: error.message },
    };
  }
}

function rowOf(kind: string, { symbol, orderId, orderLinkId, createdAtMs }: Order): Record<string, string> {
  const row = { category: 'linear', symbol, orderId, orderLinkId };
  return kind === 'create' ? { ...row, createAt: String(createdAtMs) } : row;
}

/** amend-batch does not take conditional orders (reference B.4). */
function refuseConditional({ account }: Call, item: unknown): void {
  const ref = echo.safeParse(item);
  if (!ref.success) return;
  const order = account.orders.get(ref.data.orderId) ?? account.byLinkId.get(ref.data.orderLinkId);
  if (order?.status === 'Untriggered') throw refusals.parameter('conditional orders cannot be amended in a batch');
}
