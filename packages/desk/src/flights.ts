import type { ExchangeError } from '@backstop/core';
import { attemptFlight, type Attempt, type Flown } from './attempt-flight.ts';
import type { DeskDeps } from './desk.ts';
import { flyAccount } from './fly-account.ts';
import { flyExecutions } from './fly-executions.ts';
import { flySymbol } from './fly-symbol.ts';
import { isUnreadable } from './is-unreadable.ts';
import type { Scope } from './next-read.ts';
import type { Check, Reading } from './reading.ts';
import type { Flight, Grounded } from './take-off.ts';

/** A flight that outlives this is taken for dead and flown again by the next who needs it. */
const FLIGHT_TTL_MS = 6_000;
/** A scope that others wait for is read with the right of the most urgent of them. */
const RIGHT = { lane: 'protective', maxWaitMs: 2_000 } as const;

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
  const attempt: Attempt<Flown> = {
    account: ref.account,
    scope: scope === 'symbol' ? `symbol:${ref.symbol}` : scope,
    ttlMs: FLIGHT_TTL_MS,
    waiter: { ref, lane },
    ...RIGHT,
    ...(scope === 'symbol' && { places: [ref] }),
    isOnlyWay: scope === 'executions',
    pilot: (flight) => {
      deps.observer.flight(ref.account, scope);
      return pilots[scope](check, flight, deps);
    },
  };
  const end = await attemptFlight(attempt, deps);
  switch (end.end) {
    case 'flown':
      return { landed: true };
    case 'grounded':
      return { landed: false, reading: whyNot(end, scope) };
    case 'crashed':
      return { landed: false, reading: afterCrash(end.failure, attempt, scope, deps) };
    default:
      return end satisfies never;
  }
}

function whyNot(grounded: Grounded, scope: Scope): Unread {
  if (grounded.why === 'held') return { kind: 'waiting', scope };
  return { kind: 'unknown', why: 'reads of the account fail', retryInMs: grounded.forMs };
}

/**
 * What a check comes to whose read failed. Where a listing of the account holds a row that cannot be read, the account is read
 * symbol by symbol for a while; a symbol that cannot be read is left alone for some seconds, and no other waits for it (F-34).
 */
function afterCrash(
  failure: ExchangeError,
  { account, scope: read }: Pick<Attempt<Flown>, 'account' | 'scope'>,
  scope: Scope,
  { receipts, log }: DeskDeps,
): Unread {
  const { reason, message, retryAfterMs } = failure;
  if (scope === 'account' && isUnreadable(failure)) receipts.unreadable(account);
  if (reason !== 'not-sent') log.warn({ account, scope: read, reason: message }, 'read failed');
  const retryInMs = isUnreadable(failure) ? UNREADABLE_RETRY_MS[scope] : (retryAfterMs ?? RETRY_MS);
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
