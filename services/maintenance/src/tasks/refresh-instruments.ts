import { ALL_BUCKETS, putInstruments } from '@backstop/store';
import type { TaskDeps } from './task.ts';

/** Ticks, steps and size limits: read at the start and each hour, since the exchange revises them (reference C.2). */
export async function refreshInstruments(
  { redis, accounts, exchangeOf, log }: Pick<TaskDeps, 'redis' | 'accounts' | 'exchangeOf' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const [account] = accounts;
  if (account === undefined) return;

  const instruments = await exchangeOf(account).instruments({ signal });
  await Promise.all(ALL_BUCKETS.map((bucket) => putInstruments(redis, bucket, instruments)));
  log.info({ instruments: instruments.size }, 'instruments refreshed');
}
