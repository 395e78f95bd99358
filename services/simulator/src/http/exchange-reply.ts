import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../simulator.ts';
import { accountNameOf, answer } from './answer.ts';
import type { HttpRequest } from './answer.ts';
import { countRequest } from './count-request.ts';
import type { Reply } from './envelope.ts';

/**
 * One request under /v5 as it goes over the wire: half of the latency, its effect, the other half. `onEffect` runs when it has
 * had its effect; nothing for a reply = the connection is to be cut.
 */
export async function exchangeReply(
  simulator: Simulator,
  request: HttpRequest,
  onEffect: () => void,
): Promise<Reply | undefined> {
  const account = accountNameOf(simulator, request.headers);
  const nowMs = simulator.clock.nowMs();
  const faults = simulator.faults.strike({ account, endpoint: request.endpoint, nowMs });
  const slowness = faults.reduce((sum, fault) => sum + (fault.kind === 'latency' ? (fault.ms ?? 0) : 0), 0);
  const halfMs = (simulator.config.latencyMs + slowness) / 2;
  if (halfMs > 0) await delay(halfMs, undefined, { ref: false });
  const { reply, outcome } = answer(simulator, request, faults);
  countRequest(simulator.engine.venue.truth, { account, endpoint: request.endpoint, outcome });
  onEffect();
  if (halfMs > 0) await delay(halfMs, undefined, { ref: false });
  return reply;
}
