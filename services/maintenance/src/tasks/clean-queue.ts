import type { TaskDeps } from './task.ts';

/** Removes failed jobs beyond their bounds: the due sets, not the queues, remember what has to be done. */
export async function cleanQueue({ queues, log }: TaskDeps): Promise<void> {
  const removed = await queues.cleanQueues();
  if (removed > 0) log.info({ removed }, 'queues cleaned');
}
