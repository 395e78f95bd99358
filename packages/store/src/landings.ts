import type { OrderRow, PositionIdx, PositionRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { FRAMES_TTL_MS } from './awaits.ts';
import { BARE_AHEAD_MS } from './due.ts';
import type { FlightScope } from './flights.ts';
import { accountKeys } from './keys.ts';
import { fromSlot, slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import { runScript } from './redis.ts';
import { ordersText, positionText } from './row-texts.ts';
import { toWaiter, type Waiter } from './waiter.ts';

/** The ceiling on the age of position and order rows, ms, counted from the start of the read. */
export const POSITIONS_TTL_MS = 15_000;
export const ORDERS_TTL_MS = 15_000;
/** The same for rows that a live stream keeps current. */
export const AUDITED_POSITIONS_TTL_MS = 60_000;
export const AUDITED_ORDERS_TTL_MS = 180_000;
/** How far a listing may lie behind the frames of the stream that covers it, ms: until then it does not undo them (reference C.21). */
export const LISTING_LAG_MS = 500;

/** Where one position and its orders are kept. */
export type Place = Pick<MonitorRef, 'symbol' | 'positionIdx'>;

/** What a read brought, with the start, epoch and session that `beginFlight` gave it. */
export interface Landing {
  readonly flightId: string;
  readonly startMs: number;
  readonly epoch: number;
  /** Of the account's stream when the read began; absent or '' = none: nothing vouches for these rows. */
  readonly session?: string;
  readonly positions: readonly PositionRow[];
  /** Active orders and stop orders. */
  readonly orders: readonly OrderRow[];
  /** Places that get rows of their own even where the listing has nothing, so that frames are kept there: those of monitors. */
  readonly places?: readonly Place[];
}

/** A place whose rows, vouched for until then, were not what a read brought; its monitor is due now. */
export interface DriftCandidate extends Place {
  readonly kind: 'positions' | 'orders';
}

/** What a landing came to. */
export interface Landed {
  /** Redis time, ms. */
  readonly nowMs: number;
  /** Checks that waited for this read, for the caller to wake. */
  readonly waiters: readonly Waiter[];
  readonly drift: readonly DriftCandidate[];
}

/** Lands a read of the whole account as `landAudit` does. Resolves with the waiters, for the caller to wake. */
export async function landAccount(redis: Redis, account: string, landing: Landing): Promise<readonly Waiter[]> {
  return (await landAudit(redis, account, landing)).waiters;
}

/**
 * Lands a complete read of the whole account: from now on it speaks also for every row that it does not contain. Rows from
 * later reads stay, and so does what newer frames of the stream have told. Ends the flight and the account's back-off. What it shows
 * without a stop, and nothing held showed so, goes before all monitors that are due but those that read an account nobody has read.
 */
export async function landAudit(redis: Redis, account: string, landing: Landing): Promise<Landed> {
  const { positions, orders } = landing;
  const places = await placesOf(redis, account, landing);
  return land(redis, account, {
    landing,
    scope: 'account',
    rows: rowsOf([...places, ...positions, ...orders], landing),
    landed: ['positions', 'orders'],
  });
}

/** Lands a complete read of the account's positions in the same way; orders are left as they are. */
export async function landPositions(redis: Redis, account: string, landing: Omit<Landing, 'orders'>): Promise<Landed> {
  const { positions } = landing;
  const places = await placesOf(redis, account, landing);
  const rows = rowsOf([...places, ...positions], { ...landing, orders: [] });
  return land(redis, account, {
    landing,
    scope: 'positions',
    rows: rows.map((row) => ({ ...row, orders: NOT_READ })),
    landed: ['positions'],
  });
}

/** The places that get rows of their own: also where the stream told something lately that the listing may not have yet. */
async function placesOf(
  redis: Redis,
  account: string,
  { places = [], startMs }: Omit<Landing, 'orders'>,
): Promise<readonly Place[]> {
  const told = Object.entries(await redis.hgetall(accountKeys(account).told));
  const late = told.filter(([, atMs]) => Number(atMs) >= startMs - LISTING_LAG_MS);
  return [...places, ...late.map(([slot]) => fromSlot(slot))];
}

/**
 * Lands a complete read of one symbol: a row for each of `idxs`, a flat or empty one too. Rows from later reads stay, and so does
 * what newer frames have told. Ends the flight and the account's back-off; returns the waiters, for the caller to wake.
 */
export async function landSymbol(
  redis: Redis,
  account: string,
  landing: Landing & { readonly symbol: string; readonly idxs: readonly PositionIdx[] },
): Promise<readonly Waiter[]> {
  const { symbol, idxs } = landing;
  const places = idxs.map((positionIdx) => ({ symbol, positionIdx }));
  const landed = places.map(slotOf);
  const rows = rowsOf(places, landing);
  return (await land(redis, account, { landing, scope: `symbol:${symbol}`, rows, landed })).waiters;
}

/** In place of a row's text: this read says nothing of it. */
const NOT_READ = '-';

interface PlaceTexts {
  readonly place: Place;
  readonly position: string;
  readonly orders: string;
}

function rowsOf(places: readonly Place[], { positions, orders }: Landing): readonly PlaceTexts[] {
  const bySlot = new Map(places.map((place) => [slotOf(place), place]));
  const positionsBySlot = new Map(positions.map((row) => [slotOf(row), row]));
  const ordersBySlot = Map.groupBy(orders, slotOf);
  return [...bySlot].map(([slot, place]) => ({
    place,
    position: positionText(positionsBySlot.get(slot)),
    orders: ordersText(ordersBySlot.get(slot) ?? []),
  }));
}

interface LandedRows {
  readonly landing: Omit<Landing, 'orders'>;
  readonly scope: FlightScope;
  readonly rows: readonly PlaceTexts[];
  /** What is noted as landed. */
  readonly landed: readonly string[];
}

type Reply = [nowMs: number, waiters: string[], drift: string[]];

async function land(redis: Redis, account: string, { landing, scope, rows, landed }: LandedRows): Promise<Landed> {
  const { flightId, startMs, epoch, session = '' } = landing;
  const keys = accountKeys(account);
  const fixed = [
    keys.flight(scope),
    keys.waiters(scope),
    keys.failure,
    keys.landed,
    keys.positionListing,
    keys.ordersListing,
    keys.stream,
    keys.dirty,
    keys.active,
    keys.due('tp-sl'),
    keys.due('limit-order'),
  ];
  const limits = [POSITIONS_TTL_MS, ORDERS_TTL_MS, AUDITED_POSITIONS_TTL_MS, AUDITED_ORDERS_TTL_MS, LISTING_LAG_MS];
  const kind = scope === 'account' || scope === 'positions' ? scope : 'symbol';
  const [nowMs, waiters, drift] = await runScript<Reply>(
    redis,
    'land-rows',
    [...fixed, ...rows.flatMap(({ place }) => placeKeys(account, place))],
    [
      flightId,
      startMs,
      epoch,
      kind,
      ...limits,
      session,
      rows.length,
      FRAMES_TTL_MS,
      BARE_AHEAD_MS,
      ...rows.flatMap(({ place, position, orders }) => [slotOf(place), memberPrefix(account, place), position, orders]),
      ...landed,
    ],
  );
  return { nowMs, waiters: waiters.map(toWaiter), drift: drift.map(toDrift) };
}

/** The keys of one place, in the order in which scripts take them. */
export function placeKeys(account: string, { symbol, positionIdx }: Place): string[] {
  const keys = accountKeys(account);
  return [
    keys.positionRow(symbol, positionIdx),
    keys.ordersRow(symbol, positionIdx),
    keys.frames(symbol, positionIdx),
    keys.awaited(symbol, positionIdx),
  ];
}

/** A member of the due sets without its monitor's id. */
export function memberPrefix(account: string, place: Place): string {
  return toMember({ ...place, account, monitorId: '' });
}

/** `kind|SYMBOL:idx` */
function toDrift(text: string): DriftCandidate {
  const kind = text.startsWith('positions|') ? 'positions' : 'orders';
  return { kind, ...fromSlot(text.slice(kind.length + 1)) };
}
