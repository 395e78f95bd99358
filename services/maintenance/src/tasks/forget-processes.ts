import { forgetProcesses } from '@backstop/store';
import type { TaskDeps } from './task.ts';

/** What an ended process said of itself stays for an hour, so that its totals can be read. */
const KEPT_MS = 3_600_000;

/** Forgets processes that ended long ago: restarts under new names must not fill Redis. */
export async function forgetEnded({ redis, log }: TaskDeps): Promise<void> {
  const names = await forgetProcesses(redis, KEPT_MS);
  if (names.length > 0) log.info({ names }, 'ended processes forgotten');
}
