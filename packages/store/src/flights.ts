import { LANES, toJson, type Lane, type OrderRow, type PositionIdx, type PositionRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { fromMember, slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import { runScript } from './redis.ts';

/** The ceiling on the age of position and order rows, ms, counted from the start of the read. */
export const POSITIONS_TTL_MS = 15_000;
export const ORDERS_TTL_MS = 15_000;

const SAFETY_NET_MS = 3_000;
const WAITERS_TTL_MS = 60_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;
const FAILURE_MEMORY_MS = 60_000;

/** What one read covers: the whole account (positions, orders and stop orders), one symbol of it, or its executions. */
export type FlightScope = 'account' | `symbol:${string}` | 'executions';

/** A check that ended because somebody else's read is under way; the reader wakes it. */
export interface Waiter {
  readonly ref: MonitorRef;
  readonly lane: Lane;
}

export interface FlightRequest {
  /** Random, of this read only. */
  readonly flightId: string;
  /** When the flight ends by itself, should its holder die, ms. */
  readonly ttlMs: number;
  readonly waiter?: Waiter;
}

/** won: read now, and land. Not won: somebody reads until `holderUntilMs` at most. failedUntilMs: reads of the account rest. */
export type FlightStart =
  | { readonly won: true; readonly startMs: number; readonly epoch: number }
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
  const fixed = [keys.flight(scope), keys.waiters(scope), keys.failure, keys.epoch, keys.active];
  const waiterKeys = waiter === undefined ? [] : [keys.due(waiter.lane)];
  const args = [flightId, ttlMs, SAFETY_NET_MS, WAITERS_TTL_MS, ...waiterArgs(waiter)];
  const reply = await runScript<BeginReply>(redis, 'begin-flight', [...fixed, ...waiterKeys], args);

  const [outcome, atMs, epoch] = reply;
  if (outcome === 'won') return { won: true, startMs: atMs, epoch };
  return outcome === 'waiting' ? { won: false, holderUntilMs: atMs } : { won: false, failedUntilMs: atMs };
}

type BeginReply = [outcome: 'won' | 'waiting' | 'failed', atMs: number, epoch: number];

function waiterArgs(waiter: Waiter | undefined): string[] {
  if (waiter === undefined) return [];
  const member = toMember(waiter.ref);
  return [`${waiter.lane}|${member}`, member, slotOf(waiter.ref), waiter.ref.monitorId];
}

/** What a read brought, with the start and epoch that `beginFlight` gave it. */
export interface Landing {
  readonly flightId: string;
  readonly startMs: number;
  readonly epoch: number;
  readonly positions: readonly PositionRow[];
  /** Active orders and stop orders. */
  readonly orders: readonly OrderRow[];
}

/**
 * Lands a complete read of the whole account: from now on it speaks also for every row that it does not contain. Rows from
 * later reads stay. Ends the flight and the account's back-off; returns the waiters, for the caller to wake.
 */
export async function landAccount(redis: Redis, account: string, landing: Landing): Promise<readonly Waiter[]> {
  const positions = landing.positions.map((position) => ({ place: position, value: toJson(position) }));
  const orders = [...Map.groupBy(landing.orders, slotOf).values()].flatMap((group) =>
    group.slice(0, 1).map((place) => ({ place, value: toJson(group) })),
  );
  return land(redis, account, { landing, scope: 'account', positions, orders, landed: ['positions', 'orders'] });
}

/**
 * Lands a complete read of one symbol: a row for each of `idxs`, a flat or empty one too. Rows from later reads stay. Ends the
 * flight and the account's back-off; returns the waiters, for the caller to wake.
 */
export async function landSymbol(
  redis: Redis,
  account: string,
  landing: Landing & { readonly symbol: string; readonly idxs: readonly PositionIdx[] },
): Promise<readonly Waiter[]> {
  const { symbol, idxs } = landing;
  const places = idxs.map((positionIdx) => ({ symbol, positionIdx }));
  const positions = places.map((place) => {
    const position = landing.positions.find((row) => slotOf(row) === slotOf(place));
    return { place, value: position === undefined ? '' : toJson(position) };
  });
  const orders = places.map((place) => ({
    place,
    value: toJson(landing.orders.filter((row) => slotOf(row) === slotOf(place))),
  }));
  return land(redis, account, { landing, scope: `symbol:${symbol}`, positions, orders, landed: places.map(slotOf) });
}

interface RowText {
  readonly place: Pick<MonitorRef, 'symbol' | 'positionIdx'>;
  readonly value: string;
}

interface LandedRows {
  readonly landing: Landing;
  readonly scope: FlightScope;
  readonly positions: readonly RowText[];
  readonly orders: readonly RowText[];
  readonly landed: readonly string[];
}

async function land(redis: Redis, account: string, rows: LandedRows): Promise<readonly Waiter[]> {
  const { landing, scope, positions, orders, landed } = rows;
  const keys = accountKeys(account);
  const rowKeys = [
    ...positions.map(({ place }) => keys.positionRow(place.symbol, place.positionIdx)),
    ...orders.map(({ place }) => keys.ordersRow(place.symbol, place.positionIdx)),
  ];
  const fixed = [
    keys.flight(scope),
    keys.waiters(scope),
    keys.failure,
    keys.landed,
    keys.positionListing,
    keys.ordersListing,
  ];
  const values = [...positions, ...orders].map(({ value }) => value);
  const kind = scope === 'account' ? 'account' : 'symbol';
  const numbers = [POSITIONS_TTL_MS, ORDERS_TTL_MS, positions.length];
  const args = [landing.flightId, landing.startMs, landing.epoch, kind, ...numbers, ...values, ...landed];
  const [, waiters] = await runScript<[number, string[]]>(redis, 'land-rows', [...fixed, ...rowKeys], args);
  return waiters.map(toWaiter);
}

function toWaiter(text: string): Waiter {
  const lane = LANES.find((name) => text.startsWith(`${name}|`));
  if (lane === undefined) throw new RangeError(`not a waiter: ${JSON.stringify(text)}`);
  return { lane, ref: fromMember(text.slice(lane.length + 1)) };
}

/** Ends a flight that lands no rows (executions) and the account's back-off; returns the waiters, for the caller to wake. */
export async function endFlight(
  redis: Redis,
  account: string,
  scope: FlightScope,
  { flightId }: { readonly flightId: string },
): Promise<readonly Waiter[]> {
  return (await end(redis, account, scope, [flightId, '', ''])).waiters;
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
  return end(redis, account, scope, [flightId, `${backoffMs}`, why]);
}

async function end(
  redis: Redis,
  account: string,
  scope: FlightScope,
  [flightId, backoffMs, why]: readonly [flightId: string, backoffMs: string, why: string],
): Promise<{ failedUntilMs: number; waiters: readonly Waiter[] }> {
  const keys = accountKeys(account);
  const limits = [FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, FAILURE_MEMORY_MS];
  const scriptKeys = [keys.flight(scope), keys.waiters(scope), keys.failure];
  const reply = await runScript<[number, string[]]>(redis, 'end-flight', scriptKeys, [
    flightId,
    backoffMs,
    ...limits,
    why,
  ]);
  return { failedUntilMs: reply[0], waiters: reply[1].map(toWaiter) };
}
