import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { slotOf, toMember } from './monitor-ref.ts';
import { runScript } from './redis.ts';
import { fromWaiter, toWaiter, type Waiter } from './waiter.ts';

const SAFETY_NET_MS = 3_000;
const WAITERS_TTL_MS = 60_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;
const FAILURE_MEMORY_MS = 60_000;

/** What one read covers: the whole account (positions, orders and stop orders), its positions, one symbol of it, or its executions. */
export type FlightScope = 'account' | 'positions' | `symbol:${string}` | 'executions';

export interface FlightRequest {
  /** Random, of this read only. */
  readonly flightId: string;
  /** When the flight ends by itself, should its holder die, ms. */
  readonly ttlMs: number;
  readonly waiter?: Waiter;
}

/**
 * won: read now, and land, with the session of the account's stream as it is now ('' = none). Not won: somebody reads until
 * `holderUntilMs` at most. failedUntilMs: reads of the account rest.
 */
export type FlightStart =
  | { readonly won: true; readonly startMs: number; readonly epoch: number; readonly session: string }
  | { readonly won: false; readonly holderUntilMs: number }
  | { readonly won: false; readonly failedUntilMs: number };

/**
 * Begins the one read of an account and scope that may be under way over all processes. Whoever is not first is entered as a
 * waiter, and due within 3 s in case nobody lands; during a failure's back-off it is due when that ends.
 */
export async function beginFlight(
  redis: Redis,
  account: string,
  scope: FlightScope,
  { flightId, ttlMs, waiter }: FlightRequest,
): Promise<FlightStart> {
  const keys = accountKeys(account);
  const fixed = [keys.flight(scope), keys.waiters(scope), keys.failure, keys.epoch, keys.active, keys.stream];
  const waiterKeys = waiter === undefined ? [] : [keys.due(waiter.lane)];
  const args = [flightId, ttlMs, SAFETY_NET_MS, WAITERS_TTL_MS, ...waiterArgs(waiter)];
  const reply = await runScript<BeginReply>(redis, 'begin-flight', [...fixed, ...waiterKeys], args);

  const [outcome, atMs, epoch, session] = reply;
  if (outcome === 'won') return { won: true, startMs: atMs, epoch, session };
  return outcome === 'waiting' ? { won: false, holderUntilMs: atMs } : { won: false, failedUntilMs: atMs };
}

type BeginReply = [outcome: 'won' | 'waiting' | 'failed', atMs: number, epoch: number, session: string];

function waiterArgs(waiter: Waiter | undefined): string[] {
  if (waiter === undefined) return [];
  const member = toMember(waiter.ref);
  return [fromWaiter(waiter), member, slotOf(waiter.ref), waiter.ref.monitorId];
}

/** Ends a flight that lands no rows (executions) and the account's back-off; returns the waiters, for the caller to wake. */
export async function endFlight(
  redis: Redis,
  account: string,
  scope: FlightScope,
  { flightId }: { readonly flightId: string },
): Promise<readonly Waiter[]> {
  return (await end(redis, account, scope, [flightId, 'read'])).waiters;
}

/**
 * Ends a flight that read nothing and says nothing of the exchange: a back-off of the account ends by its time, or by a read that
 * succeeds. Returns the waiters.
 */
export async function cancelFlight(
  redis: Redis,
  account: string,
  scope: FlightScope,
  { flightId }: { readonly flightId: string },
): Promise<readonly Waiter[]> {
  return (await end(redis, account, scope, [flightId, 'cancelled'])).waiters;
}

/**
 * Ends a flight that failed. Reads of the account rest for 250 ms, doubling to 8 s with each further failure, or for
 * `backoffMs` where that is longer. `why` is for people. Returns until when, and the waiters.
 */
export async function abandonFlight(
  redis: Redis,
  account: string,
  scope: FlightScope,
  {
    flightId,
    backoffMs = 0,
    why = '',
  }: { readonly flightId: string; readonly backoffMs?: number; readonly why?: string },
): Promise<{ readonly failedUntilMs: number; readonly waiters: readonly Waiter[] }> {
  const limits = [FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, FAILURE_MEMORY_MS];
  return end(redis, account, scope, [flightId, 'failed', backoffMs, ...limits, why]);
}

async function end(
  redis: Redis,
  account: string,
  scope: FlightScope,
  args: readonly [flightId: string, how: 'read' | 'cancelled' | 'failed', ...ofFailure: (string | number)[]],
): Promise<{ failedUntilMs: number; waiters: readonly Waiter[] }> {
  const keys = accountKeys(account);
  const scriptKeys = [keys.flight(scope), keys.waiters(scope), keys.failure];
  const [failedUntilMs, waiters] = await runScript<[number, string[]]>(redis, 'end-flight', scriptKeys, args);
  return { failedUntilMs, waiters: waiters.map(toWaiter) };
}
