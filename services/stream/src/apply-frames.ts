import type { PrivateFrame } from '@backstop/core';
import { bookExecutions } from '@backstop/desk';
import type { Notes } from '@backstop/runtime';
import { patchRows, type Redis, type Waiter } from '@backstop/store';
import { readPlans, rememberedPlans, type KnownPlans } from './known-plans.ts';
import { tellReceived } from './tell-received.ts';

export interface ApplyDeps {
  readonly redis: Redis;
  readonly log: Notes;
}

/** The most times in a row that others are active than were just read. */
const MOST_READS = 5;

/**
 * Puts frames of an account into the cache: rows are patched, and executions are booked to the monitors that are active. Resolves
 * with the monitors that have to look; they are due already. One round trip, as long as the same monitors are active as at the last
 * one. Rejects when Redis does not answer, or where a row tells of an unknown place: then it is not known what has to be read again.
 */
export async function applyFrames(
  account: string,
  frames: readonly PrivateFrame[],
  session: string,
  deps: ApplyDeps,
): Promise<readonly Waiter[]> {
  tellUnreadable(account, frames, deps);
  const woken = await Promise.all([
    patch({ account, session }, frames, deps),
    book({ account, session }, frames, deps),
  ]);
  if (frames.some(({ unreadable }) => unreadable.some(({ symbol }) => symbol === undefined)))
    throw new Error('a row without a symbol');
  return withoutDoubles(woken.flat());
}

async function patch(
  covered: Covered,
  frames: readonly PrivateFrame[],
  { redis, log }: ApplyDeps,
): Promise<readonly Waiter[]> {
  const { account, session } = covered;
  const rows = {
    session,
    positions: frames.flatMap((frame) =>
      frame.topic === 'position' ? frame.rows.map((row) => ({ row, createdMs: frame.createdMs })) : [],
    ),
    orders: frames.flatMap((frame) => (frame.topic === 'order' ? frame.rows : [])),
    unreadable: frames.flatMap(({ unreadable }) => unreadable.flatMap(({ symbol }) => symbol ?? [])),
  };
  return whileKnown(covered, redis, async ({ active }) => {
    const patched = await patchRows(redis, account, { ...rows, monitors: active });
    if (patched?.taken === true) tellReceived(account, frames, patched.nowMs, log);
    return { woken: patched?.woken ?? [], movedOn: patched === undefined };
  });
}

/** Whoever they belong to trades on their symbols. */
async function book(
  covered: Covered,
  frames: readonly PrivateFrame[],
  { redis, log }: ApplyDeps,
): Promise<readonly Waiter[]> {
  const told = frames.flatMap((frame) => (frame.topic === 'execution' ? frame.rows : []));
  if (told.length === 0) return [];
  const symbols = new Set(told.map(({ symbol }) => symbol));
  return whileKnown(covered, redis, ({ active, plans, installation }) => {
    const own = active.filter(({ symbol }) => symbols.has(symbol));
    const traded = new Set(own.map(({ symbol }) => symbol));
    const executions = told.filter(({ symbol }) => traded.has(symbol));
    const books = { active: own, plans: plans.filter(({ symbol }) => traded.has(symbol)), asLongAsOn: [...symbols] };
    return bookExecutions(covered.account, { executions, cursorMs: undefined }, books, { redis, log, installation });
  });
}

/** An account, and the session that its frames belong to. */
interface Covered {
  readonly account: string;
  readonly session: string;
}

interface Applied {
  readonly woken: readonly Waiter[];
  readonly movedOn: boolean;
}

/** Does it with what is known of the account, and again with what is read where that was not true any more. */
async function whileKnown(
  { account, session }: Covered,
  redis: Redis,
  apply: (known: KnownPlans) => Promise<Applied>,
): Promise<readonly Waiter[]> {
  const all: Waiter[] = [];
  let known = rememberedPlans(redis, account, session) ?? (await readPlans(redis, account, session));
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const { woken, movedOn } = await apply(known);
    all.push(...woken);
    if (!movedOn) return all;
    known = await readPlans(redis, account, session);
  }
  throw new Error('the active monitors change faster than they are read');
}

function tellUnreadable(account: string, frames: readonly PrivateFrame[], { log }: ApplyDeps): void {
  for (const { topic, unreadable } of frames) {
    for (const { symbol, why } of unreadable)
      log.warn({ account, topic, symbol, why }, 'row of a frame is not readable');
  }
}

function withoutDoubles(waiters: readonly Waiter[]): readonly Waiter[] {
  return [...new Map(waiters.map((waiter) => [`${waiter.ref.monitorId} ${waiter.lane}`, waiter])).values()];
}
