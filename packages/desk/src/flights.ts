import type { Waiter } from '@backstop/store';
import { crashFlight, type Crash } from './crash-flight.ts';
import type { DeskDeps } from './desk.ts';
import { flyAccount, type Flight } from './fly-account.ts';
import { flyExecutions } from './fly-executions.ts';
import { flySymbol } from './fly-symbol.ts';
import type { Scope } from './next-read.ts';
import { wakeWaiters } from './own-flight.ts';
import type { Check, Reading } from './reading.ts';
import { onLane } from './request-lane.ts';
import { takeOff, type Grounded } from './take-off.ts';
import { tellLanded } from './tell-landed.ts';

/** A flight that outlives this is taken for dead and flown again by the next who needs it. */
const FLIGHT_TTL_MS = 6_000;

/** When a check comes back whose read failed; the exchange may say otherwise. */
const RETRY_MS = 500;
/** The same where a listing holds a row that cannot be read: of the account, its symbol comes next. */
const UNREADABLE_RETRY_MS: Readonly<Record<Scope, number>> = { account: 50, symbol: 5_000, executions: RETRY_MS };

/** Whether the rows landed; if not, what the check that asked for them came to. */
export type FlightResult = { readonly landed: true } | { readonly landed: false; readonly reading: Unread };
type Unread = Extract<Reading, { kind: 'waiting' | 'unknown' }>;

/**
 * Reads a scope from the exchange, single flight over all processes: whoever comes second is entered as a waiter and is
 * woken when the first one lands. A failed read changes no row and is remembered for the account with a back-off.
 */
export async function fly(check: Check, scope: Scope, deps: DeskDeps): Promise<FlightResult> {
  const { ref, lane } = check;
  const own = { account: ref.account, scope: scope === 'symbol' ? (`symbol:${ref.symbol}` as const) : scope };
  const flight = await takeOff({ ...own, ttlMs: FLIGHT_TTL_MS, waiter: { ref, lane } }, deps);
  if ('grounded' in flight) return { landed: false, reading: whyNot(flight, scope) };

  let waiters: readonly Waiter[];
  try {
    // A scope that others wait for is read with the right of the most urgent of them.
    waiters = await onLane({ lane: 'protective', prepaid: false, maxWaitMs: 2_000 }, () =>
      pilots[scope](check, flight, deps),
    );
  } catch (error) {
    return { landed: false, reading: await crash({ ...own, flightId: flight.flightId, error }, scope, deps) };
  } finally {
    deps.observer.flight(ref.account, scope);
  }
  await tellLanded({ ...own, startMs: flight.startMs, ...(scope === 'symbol' && { places: [ref] }) }, deps);
  await wakeAll(waiters, check, deps);
  return { landed: true };
}

function whyNot(flight: Grounded, scope: Scope): Unread {
  if (flight.grounded === 'held') return { kind: 'waiting', scope };
  return { kind: 'unknown', why: 'reads of the account fail', retryInMs: flight.forMs };
}

/**
 * What a check comes to whose read failed. Where a listing of the account holds a row that cannot be read, the account is read
 * symbol by symbol for a while; a symbol that cannot be read is left alone for some seconds, and no other waits for it (F-34).
 */
async function crash(flight: Omit<Crash, 'isOnlyWay'>, scope: Scope, deps: DeskDeps): Promise<Unread> {
  const { account } = flight;
  const { reason, message, ...failure } = await crashFlight({ ...flight, isOnlyWay: scope === 'executions' }, deps);
  if (scope === 'account' && reason === 'rejected') deps.receipts.unreadable(account);
  if (reason !== 'not-sent') deps.log.warn({ account, scope: flight.scope, reason: message }, 'read failed');
  const retryInMs = reason === 'rejected' ? UNREADABLE_RETRY_MS[scope] : (failure.retryAfterMs ?? RETRY_MS);
  return { kind: 'unknown', why: `reading ${scope} failed`, retryInMs };
}

const pilots = {
  account: ({ ref: { account }, signal }: Check, flight: Flight, deps: DeskDeps) =>
    flyAccount({ account, signal }, flight, deps),
  symbol: ({ ref: { account, symbol, positionIdx }, signal }: Check, flight: Flight, deps: DeskDeps) =>
    flySymbol({ account, symbol, positionIdxs: [positionIdx], signal }, flight, deps),
  executions: ({ ref: { account }, signal }: Check, flight: Flight, deps: DeskDeps) =>
    flyExecutions({ account, signal }, flight, deps),
};

async function wakeAll(waiters: readonly Waiter[], check: Check, deps: DeskDeps): Promise<void> {
  const others = waiters.filter(({ ref, lane }) => ref.monitorId !== check.ref.monitorId || lane !== check.lane);
  await wakeWaiters(others, deps);
}
