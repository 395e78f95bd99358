import type { Departure, RequestReport } from '@backstop/core';
import type { Reply } from './reply.ts';
import { notSent, transmit } from './transmit.ts';
import type { Request, Wire } from './wire.ts';

/**
 * Sends one request: budget, socket slot, stamp, the budget's age, `beforeSend`, signature, HTTP. Resolves with a reply of retCode 0; rejects
 * with ExchangeError only. A request that the budget admitted is reported once, whatever becomes of it.
 */
export async function send(wire: Wire, request: Request): Promise<Reply> {
  const departure = await admitted(wire, request);
  const { outcome, durationMs, repliedAtMs, reply, error } = await transmit(wire, request, departure);
  if (outcome !== 'not-sent') departure?.arrived();
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

async function admitted({ hooks, credentials }: Wire, request: Request): Promise<Departure | undefined> {
  try {
    return (await hooks.admit(request.endpoint, request.cost, request.signal)) ?? undefined;
  } catch (error) {
    throw notSent(error, credentials);
  }
}

function limitOf(headers: NonNullable<Reply['rateLimitApi']>): NonNullable<RequestReport['limit']> {
  return { limit: headers.maxRequests, remaining: headers.remainingRequests, resetAtMs: headers.resetAtTimestamp };
}
