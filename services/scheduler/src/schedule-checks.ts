import { sleep, type ServiceProcess } from '@backstop/runtime';
import type { Queues, Redis } from '@backstop/store';
import type { SchedulerConfig } from './config.ts';
import { enqueueDue } from './enqueue-due.ts';
import { firstInLine } from './first-in-line.ts';
import { runRounds } from './run-rounds.ts';

/** After a look that enqueued something, ms: the queues are kept full, in bulks that are worth it, so long as something is due. */
const BUSY_TICK_MS = 10;
/** An open round of which nothing more is due ends soon: looked for this often, ms, so that its duration is measured, not rounded. */
const OPEN_ROUND_TICK_MS = 5;
/** Each look that finds it open still puts off the next one by a ms, up to this: it may be waiting for one account. */
const LONG_ROUND_TICK_MS = 15;
/** While Redis is away there is nothing to look at, and one line a second says so. */
const AFTER_FAILURE_MS = 1_000;

interface SchedulerDeps extends Pick<ServiceProcess, 'log' | 'count'> {
  readonly redis: Redis;
  readonly queues: Queues;
}

type Settings = Pick<SchedulerConfig, 'SCHEDULER_ROUND_MS' | 'SCHEDULER_TICK_MS' | 'FLEET_CONCURRENCY'>;

/** The scheduler's life: opens and closes rounds and enqueues what is due, until the signal aborts. Redis away only pauses it. */
export async function scheduleChecks(deps: SchedulerDeps, config: Settings, signal: AbortSignal): Promise<void> {
  let isFirst = true;
  let idleLooks = 0;
  while (!signal.aborted) {
    let pauseMs = config.SCHEDULER_TICK_MS;
    try {
      if (isFirst) await firstInLine(deps.redis);
      isFirst = false;
      const { open, enqueued } = await look(deps, config);
      idleLooks = enqueued === 0 && open ? idleLooks + 1 : 0;
      if (enqueued > 0) pauseMs = Math.min(pauseMs, BUSY_TICK_MS);
      else if (open) pauseMs = Math.min(pauseMs, OPEN_ROUND_TICK_MS + idleLooks, LONG_ROUND_TICK_MS);
    } catch (error) {
      deps.log.warn({ err: error }, 'scheduling failed');
      pauseMs = AFTER_FAILURE_MS;
    }
    await sleep(pauseMs, signal);
  }
}

/** Whether a round is open, and how many checks were enqueued. */
async function look(
  { redis, queues, log, count }: SchedulerDeps,
  { SCHEDULER_ROUND_MS, FLEET_CONCURRENCY }: Settings,
): Promise<{ readonly open: boolean; readonly enqueued: number }> {
  const { closed, open } = await runRounds(redis, { everyMs: SCHEDULER_ROUND_MS });
  if (closed?.complete === true) log.info({ ...closed }, `processed ${closed.monitors} monitors`);
  if (closed?.complete === false) log.warn({ ...closed }, 'sweep closed with monitors that could not be checked');
  const enqueued = await enqueueDue(redis, queues, FLEET_CONCURRENCY);
  count('enqueued', enqueued);
  return { open, enqueued };
}
