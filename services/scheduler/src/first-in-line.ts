import { listAccounts, listActive, setDueFirst, type Redis } from '@backstop/store';

/**
 * Puts one monitor of each account before all that are due: its check reads the whole account. After a standstill every
 * position is thereby seen, and what has no stop is known, before the checks of any one account are gone through.
 */
export async function firstInLine(redis: Redis): Promise<void> {
  for (const account of await listAccounts(redis)) {
    const [first] = await listActive(redis, account);
    if (first !== undefined) await setDueFirst(redis, first);
  }
}
