import { attemptFlight, type Attempt, type AttemptDeps, type FlightEnd, type Flown } from './attempt-flight.ts';

/** As long as a job may take: the pages of a large account wait for their budget one after the other. */
const FLIGHT_TTL_MS = 10_000;

/** A read that no check asked for. */
export type OwnFlight<T extends Flown> = Omit<Attempt<T>, 'ttlMs' | 'waiter' | 'isOnlyWay'>;

/**
 * Makes a read that no check asked for, where it may begin at once; where it may not, nothing is read. Rejects with what the pilot or
 * the exchange did wrong, after the flight has ended: checks have another way, or do without it.
 */
export async function flyAtOnce<T extends Flown>(
  own: OwnFlight<T>,
  deps: AttemptDeps,
): Promise<Exclude<FlightEnd<T>, { readonly end: 'crashed' }>> {
  const end = await attemptFlight({ ...own, ttlMs: FLIGHT_TTL_MS, isOnlyWay: false }, deps);
  if (end.end === 'crashed') throw end.error;
  return end;
}
