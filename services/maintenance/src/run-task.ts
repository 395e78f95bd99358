import { every } from '@backstop/runtime';
import type { Task, TaskDeps } from './tasks/task.ts';

/** A task that failed is tried again after this, ms, however seldom it runs: nothing works without trading rules. */
const RETRY_MS = 5_000;
/** A timer may fire a little before its time: a turn is not left out for that. */
const EARLY = 0.05;

/** Runs a task at its pace until the signal aborts, never twice at a time. A failure is told and retried. */
export async function runTask(
  task: Task,
  deps: TaskDeps,
  { signal, retryMs = RETRY_MS }: { readonly signal: AbortSignal; readonly retryMs?: number },
): Promise<void> {
  const paceMs = Math.min(task.everyMs, retryMs);
  let dueMs = 0;
  const runIfDue = async (): Promise<void> => {
    const startedMs = performance.now();
    if (startedMs + paceMs * EARLY < dueMs) return;

    await task.run(deps, signal);
    dueMs = startedMs + task.everyMs;
  };
  const onError = (error: unknown): void => deps.log.warn({ task: task.name, err: error }, 'task failed');
  await every(paceMs, signal, runIfDue, onError);
}
