import { ExchangeError } from '@backstop/core';
import { abandonFlight, cancelFlight, noteKeyRefusal, setDueNow, type FlightScope } from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import { isUnreadable } from './is-unreadable.ts';

/** A read that failed, and what with. */
export interface Crash {
  readonly account: string;
  readonly scope: FlightScope;
  readonly flightId: string;
  readonly error: unknown;
  /** Whether a listing that cannot be read keeps others from reading too. Not where there is another way, or where others do without it. */
  readonly isOnlyWay: boolean;
}

/**
 * What becomes of a flight that failed: it ends, and who waited for it looks again. What the exchange did wrong is remembered:
 * reads of the account rest, and a refusal for its key's sake is noted. What our own side refused (the budget, an end) is not, nor
 * a listing that was not the only way. Resolves with the error as the exchange's: anything else counts as an outage.
 */
export async function crashFlight(
  { account, scope, flightId, error, isOnlyWay }: Crash,
  { redis }: Pick<DeskDeps, 'redis'>,
): Promise<ExchangeError> {
  const failure = error instanceof ExchangeError ? error : new ExchangeError('unavailable', describe(error));
  const { reason, message } = failure;
  const isHarmless = reason === 'not-sent' || (isUnreadable(failure) && !isOnlyWay);
  const waiters = isHarmless
    ? await cancelFlight(redis, account, scope, { flightId })
    : (await abandonFlight(redis, account, scope, { flightId, why: `${reason}: ${message}` })).waiters;
  await Promise.all(waiters.map(({ ref, lane }) => setDueNow(redis, ref, lane)));
  if (reason === 'credentials') await noteKeyRefusal(redis, account, message);
  return failure;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure';
}
