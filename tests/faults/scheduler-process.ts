import { setTimeout as pause } from 'node:timers/promises';
import { LANES } from '@backstop/core';
import { enqueueDue } from '@backstop/scheduler/enqueue-due';
import { runRounds } from '@backstop/scheduler/run-rounds';
import { bucketKeys, bucketOf } from '@backstop/store';
import { openFleetProcess, type FleetProcess } from './fleet-process.ts';
import { repeat } from './repeat.ts';
import type { FleetParts } from './worker-process.ts';

const TICK_MS = 50;
const IDLE_MS = 1_000;
const ROUND_MS = 15_000;
const FLEET_CONCURRENCY = 20;

export interface SchedulerProcess extends FleetProcess {
  /** Something was written that may have made a monitor due. */
  readonly nudge: () => void;
}

/**
 * Enqueues what is due and opens and closes rounds, as the real one, and no oftener. Ticks at which it would find nothing are
 * left out: a look that no fault and nobody's count knows of tells it.
 */
export function openSchedulerProcess(parts: FleetParts): SchedulerProcess {
  const scheduler = openFleetProcess(parts.redis);
  const redis = parts.connect(scheduler.gate);
  const queues = parts.queues.queues(scheduler.gate);
  const dueSets = [...new Set(parts.accounts.map(({ name }) => bucketOf(name)))].flatMap((bucket) =>
    LANES.map((lane) => bucketKeys(bucket).due(lane)),
  );
  let nudged = Promise.withResolvers<void>();
  const nextDueInMs = async (): Promise<number> => {
    const firsts = await Promise.all(dueSets.map((key) => parts.admin.zrange(key, '0', '0', 'WITHSCORES')));
    return Math.min(IDLE_MS, ...firsts.map(([, score]) => Number(score ?? Infinity) - Date.now()));
  };
  const look = async (): Promise<void> => {
    while (scheduler.isAlive()) {
      nudged = Promise.withResolvers<void>();
      const inMs = await nextDueInMs();
      if (inMs <= 0) await enqueueDue(redis, queues, FLEET_CONCURRENCY).catch(() => undefined);
      else if (inMs > TICK_MS) await Promise.race([pause(inMs), nudged.promise]);
      await pause(TICK_MS);
    }
  };
  void look();
  repeat(ROUND_MS, () => runRounds(redis, { everyMs: ROUND_MS }));
  return { ...scheduler, nudge: () => nudged.resolve() };
}
