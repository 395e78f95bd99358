import { randomUUID } from 'node:crypto';
import { ExchangeError } from '@backstop/core';
import { abandonFlight, beginFlight, endFlight } from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import { flyAccount } from './fly-account.ts';
import { onLane } from './request-lane.ts';

const FLIGHT_TTL_MS = 6_000;
const BUDGET_WAIT_MS = 2_000;

/**
 * Reads a whole account from the exchange because somebody wants to see it as it is now, on the lane with the least right.
 * Where another process reads it already, or reads rest after a failure, nothing is read: the answer says so. Never rejects
 * because of the exchange: what it did wrong is the answer.
 */
export async function refreshAccount(
  account: string,
  signal: AbortSignal,
  deps: Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts' | 'wake'>,
): Promise<string> {
  const flightId = randomUUID();
  const flight = await beginFlight(deps.redis, account, 'account', { flightId, ttlMs: FLIGHT_TTL_MS });
  if (!flight.won)
    return 'holderUntilMs' in flight ? 'another process is reading it' : 'its reads rest after a failure';

  try {
    const waiters = await onLane({ lane: 'audit', prepaid: false, maxWaitMs: BUDGET_WAIT_MS }, () =>
      flyAccount({ account, signal }, { ...flight, flightId }, deps),
    );
    await Promise.all(waiters.map(({ ref, lane }) => deps.wake(ref, lane)));
    return 'read';
  } catch (error) {
    const { reason, message } =
      error instanceof ExchangeError ? error : new ExchangeError('unavailable', String(error));
    if (reason === 'not-sent') await endFlight(deps.redis, account, 'account', { flightId });
    else await abandonFlight(deps.redis, account, 'account', { flightId, why: `${reason}: ${message}` });
    return `not read: ${message}`;
  }
}
