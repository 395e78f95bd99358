import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetLane } from '@backstop/core';
import type { FlightScope, Waiter } from '@backstop/store';
import { crashFlight } from './crash-flight.ts';
import type { DeskDeps } from './desk.ts';
import type { Flight } from './fly-account.ts';
import { onLane } from './request-lane.ts';
import { takeOff, type Grounded } from './take-off.ts';
import { tellLanded, type LandedRead } from './tell-landed.ts';

/** As long as a job may take: the pages of a large account wait for their budget one after the other. */
const FLIGHT_TTL_MS = 10_000;
/** How often one looks whether somebody else's read has ended. */
const LOOK_AGAIN_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** A read that no check asked for. */
export interface OwnFlight<T> {
  readonly account: string;
  readonly scope: FlightScope;
  readonly lane: BudgetLane;
  /** How long its requests may wait for budget in all. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
  /** Of a read of one symbol: what it is read for. */
  readonly places?: LandedRead['places'];
  readonly pilot: (flight: FlightOf) => Promise<T>;
}

/** One that waits for its turn. */
export interface PatientFlight<T> extends OwnFlight<T> {
  /** Whether somebody else has read meanwhile what this one is to read. */
  readonly isDone?: () => Promise<boolean>;
}

type OwnDeps = Pick<DeskDeps, 'redis'> & Partial<Pick<DeskDeps, 'log'>>;

type FlightOf = Flight & { readonly signal: AbortSignal };

/** What it brought, or why it did not begin. */
export type FlightEnd<T> = { readonly flown: T; readonly grounded?: never } | (Grounded & { readonly flown?: never });

/**
 * Begins a read as soon as nobody else's of that scope is under way and reads of the account do not rest, and carries it out;
 * undefined = it was done before that. Rejects with what the pilot or the exchange did wrong, after the flight has ended, and
 * with the signal's reason.
 */
export async function flyInTurn<T>(own: PatientFlight<T>, deps: OwnDeps): Promise<T | undefined> {
  for (;;) {
    own.signal.throwIfAborted();
    if (await own.isDone?.()) return undefined;
    const end = await flyAtOnce(own, deps);
    if (end.grounded === undefined) return end.flown;
    const heldForMs = end.grounded === 'held' ? LOOK_AGAIN_MS : end.forMs;
    await pause(Math.min(heldForMs, LONGEST_PAUSE_MS), undefined, { signal: own.signal });
  }
}

/** The same where it may begin at once; where it may not, nothing is read. */
export async function flyAtOnce<T>(
  { account, scope, lane, maxWaitMs, signal, places, pilot }: OwnFlight<T>,
  deps: OwnDeps,
): Promise<FlightEnd<T>> {
  const flight = await takeOff({ account, scope, ttlMs: FLIGHT_TTL_MS }, deps);
  if ('grounded' in flight) return flight;

  let flown: T;
  try {
    flown = await onLane({ lane, prepaid: false, maxWaitMs }, () => pilot({ ...flight, signal }));
  } catch (error) {
    await crashFlight({ account, scope, flightId: flight.flightId, error, isOnlyWay: false }, deps);
    throw error;
  }
  await tellLanded({ account, scope, startMs: flight.startMs, places }, deps);
  return { flown };
}

/** Wakes those who waited for a read. */
export async function wakeWaiters(waiters: readonly Waiter[], { wake }: Pick<DeskDeps, 'wake'>): Promise<void> {
  await Promise.all(waiters.map(({ ref, lane }) => wake(ref, lane)));
}
