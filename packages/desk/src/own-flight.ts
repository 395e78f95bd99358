import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ExchangeError, type BudgetLane } from '@backstop/core';
import {
  abandonFlight,
  beginFlight,
  endFlight,
  noteKeyRefusal,
  redisTimeMs,
  setDueNow,
  type FlightScope,
  type Waiter,
} from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import type { Flight } from './fly-account.ts';
import { onLane } from './request-lane.ts';

/** As long as a job may take: the pages of a large account wait for their budget one after the other. */
const FLIGHT_TTL_MS = 10_000;
/** How often one looks whether somebody else's read has ended. */
const LOOK_AGAIN_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** A read that no check asked for. */
export interface OwnFlight<Flown> {
  readonly account: string;
  readonly scope: FlightScope;
  readonly lane: BudgetLane;
  /** How long its requests may wait for budget in all. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
  readonly pilot: (flight: FlightOf) => Promise<Flown>;
}

/** One that waits for its turn. */
export interface PatientFlight<Flown> extends OwnFlight<Flown> {
  /** Whether somebody else has read meanwhile what this one is to read. */
  readonly isDone?: () => Promise<boolean>;
}

type FlightOf = Flight & { readonly signal: AbortSignal };

type Begun = Flight | { readonly heldForMs: number };

/**
 * Begins a read as soon as nobody else's of that scope is under way and reads of the account do not rest, and carries it out;
 * undefined = it was done before that. Rejects with what the pilot or the exchange did wrong, after the flight has ended, and
 * with the signal's reason.
 */
export async function flyInTurn<Flown>(
  own: PatientFlight<Flown>,
  deps: Pick<DeskDeps, 'redis'>,
): Promise<Flown | undefined> {
  for (;;) {
    own.signal.throwIfAborted();
    if (await own.isDone?.()) return undefined;
    const begun = await begin(own, deps);
    if ('flightId' in begun) return carry(own, begun, deps);
    await pause(Math.min(begun.heldForMs, LONGEST_PAUSE_MS), undefined, { signal: own.signal });
  }
}

/** The same where it may begin at once; undefined = it may not, and nothing was read. */
export async function flyAtOnce<Flown>(
  own: OwnFlight<Flown>,
  deps: Pick<DeskDeps, 'redis'>,
): Promise<Flown | undefined> {
  const begun = await begin(own, deps);
  return 'flightId' in begun ? carry(own, begun, deps) : undefined;
}

async function begin(
  { account, scope }: Pick<OwnFlight<unknown>, 'account' | 'scope'>,
  { redis }: Pick<DeskDeps, 'redis'>,
): Promise<Begun> {
  const flightId = randomUUID();
  const flight = await beginFlight(redis, account, scope, { flightId, ttlMs: FLIGHT_TTL_MS });
  if (flight.won) return { ...flight, flightId };
  if ('holderUntilMs' in flight) return { heldForMs: LOOK_AGAIN_MS };
  return { heldForMs: Math.max(flight.failedUntilMs - (await redisTimeMs(redis)), 1) };
}

async function carry<Flown>(
  { account, scope, lane, maxWaitMs, signal, pilot }: OwnFlight<Flown>,
  flight: Flight,
  { redis }: Pick<DeskDeps, 'redis'>,
): Promise<Flown> {
  try {
    return await onLane({ lane, prepaid: false, maxWaitMs }, () => pilot({ ...flight, signal }));
  } catch (error) {
    await crash({ account, scope, flight, error }, redis);
    throw error;
  }
}

interface Crash extends Pick<OwnFlight<unknown>, 'account' | 'scope'> {
  readonly flight: Flight;
  readonly error: unknown;
}

/**
 * What the exchange did wrong is remembered for the account. What our own side refused (the budget, an end) is not, nor what one
 * listing did wrong (a row that cannot be read): others may be read all the same. Who waited for it looks again.
 */
async function crash({ account, scope, flight, error }: Crash, redis: DeskDeps['redis']): Promise<void> {
  const { reason, message } = error instanceof ExchangeError ? error : new ExchangeError('unavailable', String(error));
  const { flightId } = flight;
  const isOurs = reason === 'not-sent' || reason === 'rejected';
  const waiters = isOurs
    ? await endFlight(redis, account, scope, { flightId })
    : (await abandonFlight(redis, account, scope, { flightId, why: `${reason}: ${message}` })).waiters;
  await Promise.all(waiters.map(({ ref, lane }) => setDueNow(redis, ref, lane)));
  if (reason === 'credentials') await noteKeyRefusal(redis, account, message);
}

/** Wakes those who waited for a read. */
export async function wakeWaiters(waiters: readonly Waiter[], { wake }: Pick<DeskDeps, 'wake'>): Promise<void> {
  await Promise.all(waiters.map(({ ref, lane }) => wake(ref, lane)));
}
