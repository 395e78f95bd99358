import { ALL_BUCKETS, outboxNonce, setAccounts } from '@backstop/store';
import { restore } from '../restore.ts';
import { refreshInstruments } from './refresh-instruments.ts';
import type { TaskDeps } from './task.ts';

/**
 * Notices that Redis came back without its data while this process ran: every outbox names its own life by a nonce. Then
 * everything that Redis alone held is put back: the installation's letters, the plans, accounts and trading rules.
 */
export async function noticeLoss(deps: TaskDeps, signal: AbortSignal): Promise<void> {
  const { redis, archive, accounts, lives, log } = deps;
  const nonces = await Promise.all(ALL_BUCKETS.map((bucket) => outboxNonce(redis, bucket)));
  const isLost = nonces.some((nonce, bucket) => lives.has(bucket) && lives.get(bucket) !== nonce);
  if (isLost) {
    log.error({ accounts: accounts.length }, 'redis has lost its data, restoring');
    await setAccounts(redis, accounts);
    await restore(redis, archive, log);
    await refreshInstruments(deps, signal);
  }
  for (const [bucket, nonce] of nonces.entries()) lives.set(bucket, nonce); // only now: a restore that failed is tried again
}
