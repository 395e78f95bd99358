import type { RequestReport } from '@backstop/core';
import type { Reply } from './reply.ts';
import { notSent, transmit } from './transmit.ts';
import type { Request, Wire } from './wire.ts';

/**
 * Sends one request: budget, socket slot, stamp, `beforeSend`, signature, HTTP. Resolves with a reply of retCode 0; rejects
 * with ExchangeError only. A request that the budget admitted is reported once, whatever becomes of it.
 */
export async function send(wire: Wire, request: Request): Promise<Reply> {
  try {
    await wire.hooks.admit(request.endpoint, request.cost, request.signal);
  } catch (error) {
    throw notSent(error, wire.credentials);
  }

  const { outcome, durationMs, repliedAtMs, reply, error } = await transmit(wire, request);
  wire.hooks.report({
    account: wire.account,
    endpoint: request.endpoint,
    outcome,
    durationMs,
    // Half of the round trip is taken as the way back, so that latency is not mistaken for skew.
    ...(reply?.time !== undefined && { skewMs: Math.round(reply.time - (repliedAtMs - durationMs / 2)) }),
    ...(reply?.rateLimitApi !== undefined && { limit: limitOf(reply.rateLimitApi) }),
  });
  if (error !== undefined) throw error;
  return reply;
}

function limitOf(headers: NonNullable<Reply['rateLimitApi']>): NonNullable<RequestReport['limit']> {
  return { limit: headers.maxRequests, remaining: headers.remainingRequests, resetAtMs: headers.resetAtTimestamp };
}
