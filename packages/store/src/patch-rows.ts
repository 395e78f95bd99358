import { format, type OrderRow, type PositionRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { FRAMES_TTL_MS } from './awaits.ts';
import { accountKeys } from './keys.ts';
import { knownActive, slotsOfSymbol } from './known-active.ts';
import { LISTING_LAG_MS, memberPrefix, placeKeys, type Place } from './landings.ts';
import { fromSlot, slotOf, type MonitorRef } from './monitor-ref.ts';
import { loadScripts, redisTimeMs, runScript } from './redis.ts';
import { orderText, positionText } from './row-texts.ts';
import { toWaiter, type Waiter } from './waiter.ts';

/** Statuses of an order that is over: it never works again. Unknown ones count as open (reference C.6). */
const ENDED = new Set(['Filled', 'Cancelled', 'Rejected', 'Deactivated', 'PartiallyFilledCanceled']);

/** What frames of an account's private stream told, in the order of their arrival. */
export interface StreamedRows {
  /** Each with the time at which the exchange made its frame, ms. */
  readonly positions: readonly { readonly row: PositionRow; readonly createdMs: number }[];
  readonly orders: readonly OrderRow[];
  /** Symbols of rows that could not be read: their monitors read again. */
  readonly unreadable?: readonly string[];
  /** The session that the frames belong to: when it is not the account's any more, they change nothing. */
  readonly session: string;
  /** The active monitors of the account, as the caller read them last. */
  readonly monitors: readonly MonitorRef[];
}

export interface Patched {
  /** Redis time, ms. */
  readonly nowMs: number;
  /** Whether the frames were taken: those of a session that is over are not. */
  readonly taken: boolean;
  /** Places whose rows, or what is known of them, changed in something that rules look at. */
  readonly changed: readonly Place[];
  /** Their monitors, due now, for the caller to wake. */
  readonly woken: readonly Waiter[];
}

/**
 * What frames are put in with. Whoever sends something behind frames has Redis hold it whenever the connection stands anew: a script
 * that Redis does not know runs only when it was sent again.
 */
export async function loadFrameScripts(redis: Redis): Promise<void> {
  await loadScripts(redis, ['patch-rows', 'apply-executions']);
}

type PatchReply = [nowMs: number, changed: string[], woken: string[]] | ['over', nowMs: number] | ['moved-on'];

/**
 * Puts what the stream told over the rows that reads have brought, each statement unless a newer one is held (S-07): an order
 * that ended never reopens. Writes that the frames prove are confirmed: their intents are closed, and when no other is left, their
 * rows are clean without a read. Resolves with undefined, and changes nothing, where others than those of `monitors` are active by
 * now in a place that the frames tell of.
 */
export async function patchRows(redis: Redis, account: string, streamed: StreamedRows): Promise<Patched | undefined> {
  const { monitors, session, unreadable = [] } = streamed;
  const places = placesOf(streamed, monitors);
  const slots = [...places.map(slotOf), ...unreadable.flatMap(slotsOfSymbol)];
  if (slots.length === 0) return { nowMs: await redisTimeMs(redis), taken: true, changed: [], woken: [] };

  const keys = accountKeys(account);
  const fixed = [
    keys.stream,
    keys.epoch,
    keys.dirty,
    keys.active,
    keys.due('tp-sl'),
    keys.due('limit-order'),
    keys.positionListing,
    keys.ordersListing,
    keys.told,
  ];
  const reply = await runScript<PatchReply>(
    redis,
    'patch-rows',
    [...fixed, ...places.flatMap((place) => [...placeKeys(account, place), keys.intents(place.monitorId)])],
    [
      FRAMES_TTL_MS,
      session,
      places.length,
      LISTING_LAG_MS,
      ...knownActive(slots, monitors),
      ...places.flatMap((place) => placeArgs(account, place, streamed)),
    ],
  );
  if (reply[0] === 'moved-on') return undefined;
  if (reply[0] === 'over') return { nowMs: reply[1], taken: false, changed: [], woken: [] };
  const [nowMs, changed, woken] = reply;
  return { nowMs, taken: true, changed: changed.map(fromSlot), woken: woken.map(toWaiter) };
}

/** A place that frames tell of, and whose monitor's it is; '' = nobody's. */
type ToldPlace = Place & { readonly monitorId: string };

function placesOf({ positions, orders, unreadable = [] }: StreamedRows, monitors: readonly MonitorRef[]): ToldPlace[] {
  const unread = monitors.filter(({ symbol }) => unreadable.includes(symbol));
  const told = [...positions.map(({ row }) => row), ...orders, ...unread].map(slotOf);
  const monitorIds = new Map(monitors.map((ref) => [slotOf(ref), ref.monitorId]));
  return [...new Set(told)].map((slot) => ({ ...fromSlot(slot), monitorId: monitorIds.get(slot) ?? '' }));
}

function placeArgs(account: string, place: ToldPlace, streamed: StreamedRows): (string | number)[] {
  const slot = slotOf(place);
  const positions = streamed.positions.filter(({ row }) => slotOf(row) === slot);
  const orders = streamed.orders.filter((row) => slotOf(row) === slot);
  const isUnreadable = streamed.unreadable?.includes(place.symbol) === true && place.monitorId !== '';
  return [
    slot,
    memberPrefix(account, place),
    place.monitorId,
    isUnreadable ? '1' : '0',
    positions.length,
    orders.length,
    ...positions.flatMap(({ row, createdMs }) => [createdMs, row.seq, row.updatedTimeMs, positionText(row)]),
    ...orders.flatMap(orderArgs),
  ];
}

function orderArgs(order: OrderRow): (string | number)[] {
  const { orderId, updatedTimeMs, cumExecQty, status, reduceOnly, stopOrderType } = order;
  const isEnded = ENDED.has(status) ? '1' : '0';
  const mayOpen = !reduceOnly && stopOrderType === '' ? '1' : '0';
  return [orderId, updatedTimeMs, format(cumExecQty), isEnded, mayOpen, orderText(order)];
}
