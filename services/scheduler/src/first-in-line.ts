import { listAccounts, listActive, setDueWithin, type Redis } from '@backstop/store';

/** So much longer than all others, ms, the first monitor of an account counts as due. */
const AHEAD_MS = 3_600_000;

/**
 * Puts one monitor of each account before all that are due: its check reads the whole account. After a standstill every
 * position is thereby seen, and what has no stop is known, before the checks of any one account are gone through.
 */
export async function firstInLine(redis: Redis): Promise<void> {
  for (const account of await listAccounts(redis)) {
    const [first] = await listActive(redis, account);
    if (first !== undefined) await setDueWithin(redis, first, 'tp-sl', -AHEAD_MS);
  }
}
