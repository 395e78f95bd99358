import { sleep, type ServiceProcess } from '@backstop/runtime';
import type { Queues, Redis } from '@backstop/store';
import type { SchedulerConfig } from './config.ts';
import { enqueueDue } from './enqueue-due.ts';
import { firstInLine } from './first-in-line.ts';
import { runRounds } from './run-rounds.ts';

/**
 * While a round is open its end is looked for this often, ms, so that a sweep's duration is measured and not rounded; and so
 * long as something is due, the queues are kept full.
 */
const OPEN_ROUND_TICK_MS = 15;
/** While Redis is away there is nothing to look at, and one line a second says so. */
const AFTER_FAILURE_MS = 1_000;

interface SchedulerDeps extends Pick<ServiceProcess, 'log' | 'count'> {
  readonly redis: Redis;
  readonly queues: Queues;
}

/** The scheduler's life: opens and closes rounds and enqueues what is due, until the signal aborts. Redis away only pauses it. */
export async function scheduleChecks(
  { redis, queues, log, count }: SchedulerDeps,
  config: Pick<SchedulerConfig, 'SCHEDULER_ROUND_MS' | 'SCHEDULER_TICK_MS' | 'FLEET_CONCURRENCY'>,
  signal: AbortSignal,
): Promise<void> {
  let isFirst = true;
  while (!signal.aborted) {
    let pauseMs = config.SCHEDULER_TICK_MS;
    try {
      if (isFirst) await firstInLine(redis);
      isFirst = false;
      const { closed, open } = await runRounds(redis, { everyMs: config.SCHEDULER_ROUND_MS });
      if (closed?.complete === true) log.info({ ...closed }, `processed ${closed.monitors} monitors`);
      if (closed?.complete === false) log.warn({ ...closed }, 'sweep closed with monitors that could not be checked');
      const enqueued = await enqueueDue(redis, queues, config.FLEET_CONCURRENCY);
      if (open || enqueued > 0) pauseMs = Math.min(pauseMs, OPEN_ROUND_TICK_MS);
      count('enqueued', enqueued);
    } catch (error) {
      log.warn({ err: error }, 'scheduling failed');
      pauseMs = AFTER_FAILURE_MS;
    }
    await sleep(pauseMs, signal);
  }
}
