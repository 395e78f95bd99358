import type { BudgetLane, ExchangeError } from '@backstop/core';
import type { FlightScope, Waiter } from '@backstop/store';
import { crashFlight } from './crash-flight.ts';
import type { DeskDeps } from './desk.ts';
import { onLane } from './request-lane.ts';
import { takeOff, type Flight, type Grounded } from './take-off.ts';
import { tellLanded, type LandedRead } from './tell-landed.ts';

/** A read of one scope as whoever wants it makes it. */
export interface Attempt<T extends Flown> {
  readonly account: string;
  readonly scope: FlightScope;
  /** For how long nobody else may read it, should this process die, ms. */
  readonly ttlMs: number;
  /** Who is to be told if somebody else reads it. */
  readonly waiter?: Waiter;
  readonly lane: BudgetLane;
  /** How long its requests may wait for budget in all. */
  readonly maxWaitMs: number;
  /** Of a read of one symbol: the places that it is for. */
  readonly places?: LandedRead['places'];
  /** As for `crashFlight`. */
  readonly isOnlyWay: boolean;
  /** Reads and lands; rejects where nothing has landed. */
  readonly pilot: (flight: Flight) => Promise<T>;
}

/** What every read brings that has landed: who waited for it. */
export interface Flown {
  readonly waiters: readonly Waiter[];
}

/** What an attempt came to: what it brought, why it did not begin, or what went wrong, as it was and as the exchange's error. */
export type FlightEnd<T> =
  | { readonly end: 'flown'; readonly flown: T }
  | Grounded
  | { readonly end: 'crashed'; readonly error: unknown; readonly failure: ExchangeError };

export type AttemptDeps = Pick<DeskDeps, 'redis' | 'wake'> & Partial<Pick<DeskDeps, 'log'>>;

/**
 * Reads a scope from the exchange if nobody else does and reads of the account do not rest; then wakes who waited, but not whoever
 * reads. A read that failed changes no row. Rejects only when Redis or the queues do wrong, and then has told all whom it could.
 */
export async function attemptFlight<T extends Flown>(own: Attempt<T>, deps: AttemptDeps): Promise<FlightEnd<T>> {
  const { account, scope, ttlMs, waiter, lane, maxWaitMs, pilot } = own;
  const flight = await takeOff({ account, scope, ttlMs, ...(waiter && { waiter }) }, deps);
  if ('end' in flight) return flight;

  let flown: T;
  try {
    flown = await onLane({ lane, prepaid: false, maxWaitMs }, () => pilot(flight));
  } catch (error) {
    const crash = { account, scope, flightId: flight.flightId, error, isOnlyWay: own.isOnlyWay };
    return { end: 'crashed', error, failure: await crashFlight(crash, deps) };
  }
  await announce(own, flight, flown, deps);
  return { end: 'flown', flown };
}

/** Wakes who waited and tells of the read: neither is left out because something of it goes wrong. */
async function announce(
  { account, scope, places, waiter }: Pick<Attempt<Flown>, 'account' | 'scope' | 'places' | 'waiter'>,
  { startMs }: Flight,
  { waiters }: Flown,
  deps: AttemptDeps,
): Promise<void> {
  const others = waiters.filter(({ ref, lane }) => ref.monitorId !== waiter?.ref.monitorId || lane !== waiter.lane);
  const done = await Promise.allSettled([
    ...others.map(({ ref, lane }) => deps.wake(ref, lane)),
    tellLanded({ account, scope, startMs, places }, deps),
  ]);
  for (const part of done) if (part.status === 'rejected') throw part.reason;
}
