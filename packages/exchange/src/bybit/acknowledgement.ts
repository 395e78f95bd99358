import { ExchangeError, type WriteReply } from '@backstop/core';
import { z } from 'zod';
import { refused } from './failure.ts';
import { redact } from './redact.ts';
import { type Reply, resetInMs } from './reply.ts';
import type { Wire } from './wire.ts';

const acknowledgement = z.object({ orderId: z.string().min(1) });
const results = z.object({ list: z.array(z.unknown()) });
const codes = z.object({ list: z.array(z.object({ code: z.number(), msg: z.string().default('') })) });

/** The reply to one order. Accepted without an order id is `unknown`: something was done, but to what? */
export function acknowledged({ result }: Pick<Reply, 'result'>): WriteReply {
  const parsed = acknowledgement.safeParse(result);
  if (parsed.success) return { ok: true, orderId: parsed.data.orderId };
  return { ok: false, error: new ExchangeError('unknown', 'the acknowledgement names no order') };
}

/**
 * The replies to a batch of `count`, in the order asked: results and codes are parallel lists (reference A.3). What these
 * lists do not answer is `unknown`.
 */
export function eachAcknowledged(
  reply: Reply,
  count: number,
  wire: Pick<Wire, 'credentials' | 'nowMs'>,
): readonly WriteReply[] {
  const items = results.safeParse(reply.result).data?.list ?? [];
  const outcomes = codes.safeParse(reply.retExtInfo).data?.list ?? [];
  if (items.length !== count || outcomes.length !== count) {
    const error = new ExchangeError(
      'unknown',
      `a batch of ${count} got ${items.length} results, ${outcomes.length} codes`,
    );
    return Array.from({ length: count }, () => ({ ok: false, error }));
  }
  return outcomes.map(({ code, msg }, index) => {
    if (code === 0) return acknowledged({ result: items[index] });
    const text = redact(msg, wire.credentials);
    return { ok: false, error: refused({ code, text, effect: 'write', resetInMs: resetInMs(reply, wire.nowMs()) }) };
  });
}
