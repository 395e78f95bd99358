import { randomUUID } from 'node:crypto';
import { ExchangeError } from '@backstop/core';
import {
  abandonFlight,
  beginFlight,
  endFlight,
  landSymbol,
  noteKeyRefusal,
  redisTimeMs,
  setDueNow,
  type FlightScope,
  type Waiter,
} from '@backstop/store';
import { flyAccount, type Flight } from './fly-account.ts';
import { flyExecutions } from './fly-executions.ts';
import type { DeskDeps } from './desk.ts';
import type { Scope } from './next-read.ts';
import type { Check, Reading } from './reading.ts';
import { onLane } from './request-lane.ts';

/** A flight that outlives this is taken for dead and flown again by the next who needs it. */
const FLIGHT_TTL_MS = 6_000;

/** Whether the rows landed; if not, what the check that asked for them came to. */
export type FlightResult = { readonly landed: true } | { readonly landed: false; readonly reading: Unread };
type Unread = Extract<Reading, { kind: 'waiting' | 'unknown' }>;

/**
 * Reads a scope from the exchange, single flight over all processes: whoever comes second is entered as a waiter and is
 * woken when the first one lands. A failed read changes no row and is remembered for the account with a back-off.
 */
export async function fly(check: Check, scope: Scope, deps: DeskDeps): Promise<FlightResult> {
  const { ref, lane } = check;
  const name: FlightScope = scope === 'symbol' ? `symbol:${ref.symbol}` : scope;
  const flightId = randomUUID();
  const start = await beginFlight(deps.redis, ref.account, name, {
    flightId,
    ttlMs: FLIGHT_TTL_MS,
    waiter: { ref, lane },
  });
  if (!start.won) {
    if ('holderUntilMs' in start) return { landed: false, reading: { kind: 'waiting', scope } };
    const retryInMs = start.failedUntilMs - (await redisTimeMs(deps.redis));
    return { landed: false, reading: { kind: 'unknown', why: 'reads of the account fail', retryInMs } };
  }

  try {
    // A scope that others wait for is read with the right of the most urgent of them.
    const waiters = await onLane({ lane: 'protective', prepaid: false, maxWaitMs: 2_000 }, () =>
      pilots[scope](check, { ...start, flightId }, deps),
    );
    await wakeAll(waiters, check, deps);
    return { landed: true };
  } catch (error) {
    return { landed: false, reading: await crash(check, scope, { name, flightId, error }, deps) };
  } finally {
    deps.observer.flight(ref.account, scope);
  }
}

interface Crash {
  readonly name: FlightScope;
  readonly flightId: string;
  readonly error: unknown;
}

/**
 * Ends a flight that failed. What the exchange did wrong is remembered for the account; what our own side refused (the budget,
 * a worker that ends) is not; and where a listing holds a row that cannot be read, the account is read symbol by symbol for a while.
 */
async function crash(check: Check, scope: Scope, { name, flightId, error }: Crash, deps: DeskDeps): Promise<Unread> {
  const { account } = check.ref;
  const { reason, retryAfterMs } = error instanceof ExchangeError ? error : UNKNOWN_CRASH;
  const isOurs = reason === 'not-sent';
  const isUnreadable = reason === 'rejected' && scope === 'account';
  if (isUnreadable) deps.receipts.unreadable(account);
  const waiters =
    isOurs || isUnreadable
      ? await endFlight(deps.redis, account, name, { flightId })
      : (await abandonFlight(deps.redis, account, name, { flightId, why: `${reason}: ${describe(error)}` })).waiters;

  if (reason === 'credentials') await noteKeyRefusal(deps.redis, account, describe(error));
  if (!isOurs) deps.log.warn({ account, scope: name, reason: describe(error) }, 'read failed');
  await Promise.all(waiters.map((waiter) => setDueNow(deps.redis, waiter.ref, waiter.lane)));
  return { kind: 'unknown', why: `reading ${scope} failed`, retryInMs: isUnreadable ? 50 : (retryAfterMs ?? 500) };
}

const UNKNOWN_CRASH = { reason: 'unavailable', retryAfterMs: undefined } as const;

const pilots = {
  account: ({ ref: { account }, signal }: Check, flight: Flight, deps: DeskDeps) =>
    flyAccount({ account, signal }, flight, deps),
  symbol: flySymbol,
  executions: ({ ref: { account }, signal }: Check, flight: Flight, deps: DeskDeps) =>
    flyExecutions({ account, signal }, flight, deps),
};

async function flySymbol(check: Check, flight: Flight, deps: DeskDeps): Promise<readonly Waiter[]> {
  const { account, symbol } = check.ref;
  const exchange = deps.exchangeOf(account);
  const [positions, orders] = await Promise.all([
    exchange.positions({ symbol }, check),
    exchange.openOrders({ symbol }, check),
  ]);
  const idxs = [
    ...new Set([check.ref.positionIdx, ...[...positions, ...orders].map(({ positionIdx }) => positionIdx)]),
  ];
  const waiters = await landSymbol(deps.redis, account, { ...flight, symbol, idxs, positions, orders });
  deps.receipts.landed(account, symbol, flight.startMs);
  return waiters;
}

async function wakeAll(waiters: readonly Waiter[], check: Check, deps: DeskDeps): Promise<void> {
  const others = waiters.filter(({ ref, lane }) => ref.monitorId !== check.ref.monitorId || lane !== check.lane);
  await Promise.all(others.map(({ ref, lane }) => deps.wake(ref, lane)));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure';
}
