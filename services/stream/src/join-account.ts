import { LANES } from '@backstop/core';
import { isUnreadable, reconcileAccount, type Reconciliation } from '@backstop/desk';
import { executionCursor, listActive, redisTimeMs, setDueWithin } from '@backstop/store';
import { readDeps, type ReadParts } from './read-deps.ts';
import { readSymbols } from './read-symbols.ts';

/** Within this all monitors of an account look at what was read: spread, so that they do not all come at once, and stops first. */
const DUE_WITHIN_MS = { 'tp-sl': 500, 'limit-order': 1_500 } as const;

/**
 * Reads an account whose frames have just begun to come, and has all its monitors look at it. Where a listing of all of it holds a row
 * that cannot be read, each symbol is read by itself, so that only what could not be read has no rows that the session
 * vouches for. Rejects where executions could not be read: whose rows these have changed is not known.
 */
export async function joinAccount(joined: Reconciliation, parts: ReadParts): Promise<void> {
  const { redis } = parts;
  const { account, signal } = joined;
  const begunMs = await redisTimeMs(redis);
  try {
    await reconcileAccount(joined, await readDeps(parts));
  } catch (error) {
    if (!isUnreadable(error) || !(await areExecutionsRead(account, begunMs, parts))) throw error;
    parts.log.warn({ account, why: error.message }, 'account read symbol by symbol');
    await readSymbols({ account, signal, lane: 'protective' }, parts);
  }
  const monitors = await listActive(redis, account);
  const checks = monitors.flatMap((ref) => LANES.map((lane) => ({ ref, lane })));
  await Promise.all(
    checks.map(({ ref, lane }) => setDueWithin(redis, ref, lane, Math.round(Math.random() * DUE_WITHIN_MS[lane]))),
  );
}

/** Or none are wanted: no plan is on the account. */
async function areExecutionsRead(account: string, sinceMs: number, { redis }: ReadParts): Promise<boolean> {
  const cursorMs = await executionCursor(redis, account);
  return cursorMs === undefined ? (await listActive(redis, account)).length === 0 : cursorMs >= sinceMs;
}
