import { evictExpired } from '@backstop/store';
import type { TaskDeps } from './task.ts';

/** The 30 s clean-up of what TTLs leave behind: marks of rows that expired, dirty marks of rows that were read again. */
export async function evictCache({ redis, accounts, log }: TaskDeps): Promise<void> {
  const { dirty, landed } = await evictExpired(redis, accounts);
  log.info({ dirty, landed }, 'cache cleaned');
}
