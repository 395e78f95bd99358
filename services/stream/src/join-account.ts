import { LANES } from '@backstop/core';
import { reconcileAccount, type Reconciliation } from '@backstop/desk';
import { listActive, setDueWithin } from '@backstop/store';
import { readDeps, type ReadParts } from './read-deps.ts';

/** Within this all monitors of an account look at what was read: spread, so that they do not all come at once. */
const DUE_WITHIN_MS = 500;

/** Reads an account whose frames have just begun to come, and has all its monitors look at it. */
export async function joinAccount(joined: Reconciliation, parts: ReadParts): Promise<void> {
  const { redis } = parts;
  await reconcileAccount(joined, await readDeps(parts));
  const monitors = await listActive(redis, joined.account);
  const checks = monitors.flatMap((ref) => LANES.map((lane) => ({ ref, lane })));
  await Promise.all(
    checks.map(({ ref, lane }) => setDueWithin(redis, ref, lane, Math.round(Math.random() * DUE_WITHIN_MS))),
  );
}
