import { LANES, type Execution, type PrivateFrame } from '@backstop/core';
import { bookExecutions } from '@backstop/desk';
import type { Notes } from '@backstop/runtime';
import {
  getPlans,
  listActive,
  patchRows,
  peekInstallation,
  type MonitorRef,
  type Redis,
  type StreamedRows,
  type Waiter,
} from '@backstop/store';

export interface ApplyDeps {
  readonly redis: Redis;
  readonly log: Notes;
}

/**
 * Puts frames of an account into the cache: rows are patched, and executions are booked to the monitors that are active. Resolves
 * with the monitors that have to look; they are due already. Three round trips where something was executed, else two. Rejects
 * when Redis does not answer, or where a row tells of an unknown place: then it is not known what has to be read again.
 */
export async function applyFrames(
  account: string,
  frames: readonly PrivateFrame[],
  session: string,
  deps: ApplyDeps,
): Promise<readonly Waiter[]> {
  tellUnreadable(account, frames, deps);
  const executions = frames.flatMap((frame) => (frame.topic === 'execution' ? frame.rows : []));
  const monitors = await listActive(deps.redis, account);
  const streamed = { ...toStreamed(frames), session, monitors };
  const [{ woken }, touched] = await Promise.all([
    patchRows(deps.redis, account, streamed),
    executions.length === 0 ? [] : book(account, executions, monitors, deps),
  ]);
  if (frames.some(({ unreadable }) => unreadable.some(({ symbol }) => symbol === undefined)))
    throw new Error('a row without a symbol');
  return withoutDoubles([...woken, ...touched.flatMap((ref) => LANES.map((lane) => ({ ref, lane })))]);
}

function toStreamed(frames: readonly PrivateFrame[]): StreamedRows {
  return {
    positions: frames.flatMap((frame) =>
      frame.topic === 'position' ? frame.rows.map((row) => ({ row, createdMs: frame.createdMs })) : [],
    ),
    orders: frames.flatMap((frame) => (frame.topic === 'order' ? frame.rows : [])),
    unreadable: frames.flatMap(({ unreadable }) => unreadable.flatMap(({ symbol }) => symbol ?? [])),
  };
}

async function book(
  account: string,
  executions: readonly Execution[],
  active: readonly MonitorRef[],
  { redis, log }: ApplyDeps,
): Promise<readonly MonitorRef[]> {
  const symbols = new Set(executions.map(({ symbol }) => symbol));
  const own = active.filter(({ symbol }) => symbols.has(symbol)); // whoever they belong to trades there
  if (own.length === 0) return [];
  // Read after the active monitors: after a loss of Redis the letters come back before any plan does.
  const [installation = '', plans] = await Promise.all([peekInstallation(redis), getPlans(redis, own)]);
  const known = { active: own, plans: plans.filter((plan) => plan !== undefined) };
  const brought = { executions, cursorMs: undefined };
  return (await bookExecutions(account, brought, known, { redis, log, installation })).touched;
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
