import { LANES } from '@backstop/core';
import { enqueueDue } from '@backstop/scheduler/enqueue-due';
import { runRounds } from '@backstop/scheduler/run-rounds';
import { bucketKeys, bucketOf } from '@backstop/store';
import { openFleetProcess, type FleetProcess } from './fleet-process.ts';
import { repeat } from './repeat.ts';
import { inUsedBuckets } from './in-used-buckets.ts';
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
 * left out: a look that no fault and nobody's count knows of tells it. So are buckets in which nothing ever is.
 */
export function openSchedulerProcess(parts: FleetParts): SchedulerProcess {
  const scheduler = openFleetProcess(parts.redis);
  const accounts = parts.accounts.map(({ name }) => name);
  const redis = inUsedBuckets(parts.connect(scheduler.gate), accounts);
  const queues = parts.queues.queues(scheduler.gate);
  const buckets = [...new Set(accounts.map(bucketOf))];
  const dueSets = buckets.flatMap((bucket) => LANES.map((lane) => bucketKeys(bucket).due(lane)));
  const nextDueInMs = async (): Promise<number> => {
    const firsts = await Promise.all(dueSets.map((key) => parts.admin.zrange(key, '0', '0', 'WITHSCORES')));
    return Math.min(IDLE_MS, ...firsts.map(([, score]) => Number(score ?? Infinity) - Date.now()));
  };
  const look = async (): Promise<number> => {
    const inMs = await nextDueInMs();
    if (inMs <= 0) await enqueueDue(redis, queues, FLEET_CONCURRENCY).catch(() => undefined);
    return Math.max(TICK_MS, inMs);
  };
  const { soon, end } = keepLooking(look);
  repeat(ROUND_MS, () => runRounds(redis, { everyMs: ROUND_MS }));
  return {
    ...scheduler,
    kill: () => {
      scheduler.kill();
      end();
    },
    nudge: () => scheduler.isAlive() && soon(),
  };
}

/** Looks again as long after each look as that says, or a tick after somebody has said that it is to be `soon`. */
function keepLooking(look: () => Promise<number>): { readonly soon: () => void; readonly end: () => void } {
  let next: { readonly atMs: number; readonly timer: NodeJS.Timeout } | undefined;
  let isLooking = false;
  let isWanted = false;
  const within = (ms: number): void => {
    const atMs = Date.now() + ms;
    if (next !== undefined && next.atMs <= atMs) return;
    clearTimeout(next?.timer);
    next = { atMs, timer: setTimeout(() => void run(), ms) };
  };
  const run = async (): Promise<void> => {
    next = undefined;
    isWanted = false;
    isLooking = true;
    const inMs = await look();
    isLooking = false;
    within(isWanted ? TICK_MS : inMs);
  };
  void run();
  return {
    soon: () => {
      if (isLooking) isWanted = true;
      else within(TICK_MS);
    },
    end: () => clearTimeout(next?.timer),
  };
}
