import { FRAMES_TAKE_MS, initialState, type Plan, type Snapshot } from '@backstop/core';
import {
  ORDERS_TTL_MS,
  POSITIONS_TTL_MS,
  readCheck,
  setDueWithin,
  toSnapshot,
  type CheckRead,
  type Row,
  type RowVersion,
} from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import { fly } from './flights.ts';
import { frameWaitMs } from './frame-wait.ts';
import { isDirty, isVouched, nextRead, type Scope } from './next-read.ts';
import type { Patience } from './patience.ts';
import type { Check, Facts, Reading } from './reading.ts';

/**
 * One Redis round trip reads everything; what is missing, too old or dirty is read through and the round trip repeated, each
 * scope at most once. Ends as a waiter instead of sleeping while another process reads, or while a frame of the live stream
 * may bring it (DESIGN 3.3, 3.4).
 */
export async function readFacts(check: Check, deps: ReadDeps): Promise<Reading> {
  const { ref, lane, token } = check;
  let hasRead = false;
  const done = new Set<Scope>(deps.receipts.isUnreadable(ref.account) ? ['account'] : []);
  for (;;) {
    check.signal.throwIfAborted();
    const newestMs = deps.receipts.newest(ref.account, ref.symbol);
    const stored = await readCheck(deps.redis, ref, lane, token);
    const reading = toReading(check, stored, done, { ...deps, newestMs });
    if ('kind' in reading) {
      deps.patience.end(check);
      return reading;
    }
    if (!hasRead && (await waitsForFrames(check, stored, reading.needs, deps)))
      return { kind: 'waiting', scope: reading.needs };

    hasRead = true;
    const flight = await fly(check, reading.needs, deps);
    if (!flight.landed) return flight.reading;
    done.add(reading.needs);
  }
}

type ReadDeps = DeskDeps & { readonly patience: Patience };

/** Whether this check ends here: the frames that it waits for wake its monitor, which is due by the end of that wait. */
async function waitsForFrames(check: Check, stored: CheckRead, needs: Scope, deps: ReadDeps): Promise<boolean> {
  if (!isVouched(stored.position) || !isVouched(stored.orders)) return false;
  const { ref, lane } = check;
  const waitedMs = deps.patience.waitedMs(check, stored.nowMs);
  const waitMs = frameWaitMs(stored, needs, { waitedMs, wroteAtMs: stored.dirtyAtMs });
  if (waitMs > 0) await setDueWithin(deps.redis, ref, lane, waitMs);
  return waitMs > 0;
}

/** Something that has to be read from the exchange first. */
interface Need {
  readonly needs: Scope;
}

/** What one look at the cache comes to: facts, or what they need, or why there are none. */
function toReading(
  check: Check,
  stored: CheckRead,
  done: ReadonlySet<Scope>,
  deps: DeskDeps & { readonly newestMs: number },
): Reading | Need {
  const { plan } = stored;
  if (plan === undefined) return { kind: 'gone' };
  tell(stored, deps);

  const snapshot = toSnapshot(stored);
  const needs = nextRead(stored, done);
  if (needs !== undefined) return whyNot(stored) ?? { needs };
  if (snapshot === undefined) return { kind: 'unknown', why: 'rows did not land', retryInMs: 500 };
  if (readAtMs(stored) < deps.newestMs) deps.observer.staleDecision();
  return toFacts(check, { ...stored, plan }, upToDate(snapshot, stored.nowMs), deps);
}

/** Of rows that a live stream keeps, all is known but what its frames may still be bringing, however long ago they changed. */
function upToDate(snapshot: Snapshot, nowMs: number): Snapshot {
  if (snapshot.streamed !== true) return snapshot;
  const { positionAtMs, ordersAtMs } = snapshot;
  const knownMs = nowMs - FRAMES_TAKE_MS;
  return { ...snapshot, positionAtMs: Math.max(positionAtMs, knownMs), ordersAtMs: Math.max(ordersAtMs, knownMs) };
}

/** When the older of the two reads was begun that the rows came from, whatever frames have told since. */
function readAtMs({ position, orders }: CheckRead): number {
  return Math.min(versionOf(position).startMs, versionOf(orders).startMs);
}

/** Why nothing can be read from the exchange now; undefined = it can. */
function whyNot({ instrument, failedUntilMs, nowMs }: CheckRead): Reading | undefined {
  if (instrument === undefined) return { kind: 'unknown', why: 'no instrument', retryInMs: 1_000 };
  if (failedUntilMs <= nowMs) return undefined;
  return { kind: 'unknown', why: 'reads of the account fail', retryInMs: failedUntilMs - nowMs };
}

function toFacts(
  check: Check,
  stored: CheckRead & { readonly plan: Plan },
  snapshot: Snapshot,
  { observer }: DeskDeps,
): Facts {
  const { nowMs, plan, states } = stored;
  observer.inputAge('position', nowMs - snapshot.positionAtMs);
  observer.inputAge('orders', nowMs - snapshot.ordersAtMs);
  if (snapshot.prices !== undefined) observer.inputAge('price', nowMs - snapshot.prices.atMs);

  const dirty = isDirty(stored);
  const others = stored.intents.filter(({ token }) => token !== check.token);
  const open = others.filter(({ deadlineMs }) => deadlineMs > nowMs);
  return {
    kind: 'facts',
    plan,
    states: {
      'tp-sl': states['tp-sl'].state ?? initialState('tp-sl'),
      'limit-order': states['limit-order'].state ?? initialState('limit-order'),
    },
    versions: { 'tp-sl': states['tp-sl'].version, 'limit-order': states['limit-order'].version },
    snapshot,
    rows: { position: versionOf(stored.position), orders: versionOf(stored.orders) },
    nowMs,
    rowsExpireAtMs: expiryOf(stored),
    unsettledUntilMs: open.length > 0 ? Math.max(...open.map(({ deadlineMs }) => deadlineMs)) : undefined,
    settledIntents: dirty ? [] : others.filter(({ deadlineMs }) => deadlineMs <= nowMs),
    epoch: stored.epoch,
    dirty,
  };
}

/** A row that a stream vouches for counts for as long again as any, from now on: then the stream is asked for anew. */
function expiryOf({ position, orders, nowMs }: CheckRead): number {
  const sinceMs = (row: Row<unknown>): number => (isVouched(row) ? nowMs : versionOf(row).startMs);
  return Math.min(sinceMs(position) + POSITIONS_TTL_MS, sinceMs(orders) + ORDERS_TTL_MS);
}

/** Of a row that is there: a snapshot is not made of others. */
function versionOf(row: Row<unknown>): RowVersion {
  const { startMs, endMs, epoch, patched, atMs } = row.kind === 'row' ? row : NEVER;
  return { startMs, endMs, epoch, patched, ...(atMs > startMs && { atMs }) };
}

const NEVER = { startMs: 0, endMs: 0, epoch: 0, patched: false, atMs: 0 } as const;

function tell({ position, orders, nowMs }: CheckRead, { observer }: DeskDeps): void {
  for (const [kind, row] of [['positions', position] as const, ['orders', orders] as const]) {
    if (row.kind !== 'row') observer.cacheRead(kind, row.kind, undefined);
    else observer.cacheRead(kind, row.dirty ? 'dirty' : row.patched ? 'patched' : 'fresh', nowMs - row.atMs);
  }
}
