import { setTimeout as pause } from 'node:timers/promises';
import { LANES } from '@backstop/core';
import { budgetedHooks } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { cancelOrphans } from '@backstop/maintenance/tasks/cancel-orphans';
import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import { noticeLoss } from '@backstop/maintenance/tasks/notice-loss';
import { refreshInstruments } from '@backstop/maintenance/tasks/refresh-instruments';
import { refreshPrices } from '@backstop/maintenance/tasks/refresh-prices';
import type { TaskDeps } from '@backstop/maintenance/tasks/task';
import { enqueueDue } from '@backstop/scheduler/enqueue-due';
import { runRounds } from '@backstop/scheduler/run-rounds';
import { bucketKeys, bucketOf, evictExpired, setAccounts } from '@backstop/store';
import { carrierTo } from './carrier.ts';
import { openFleetProcess, type FleetProcess } from './fleet-process.ts';
import type { MemoryArchive } from './memory-archive.ts';
import type { FleetParts } from './worker-process.ts';

const TICK_MS = 50;
const IDLE_MS = 1_000;
const ROUND_MS = 15_000;
const FLEET_CONCURRENCY = 20;

/** Scheduler and maintenance, as the tasks of the real ones; a process each, of which maintenance may die. */
export interface Upkeep {
  readonly killMaintenance: () => void;
  readonly startMaintenance: () => void;
  /** Something was written that may have made a monitor due. */
  readonly nudge: () => void;
}

export function openUpkeep(parts: FleetParts, archive: MemoryArchive): Upkeep {
  let maintenance = openMaintenanceProcess(parts, archive);
  const nudge = openSchedulerProcess(parts);
  return {
    nudge,
    killMaintenance: () => maintenance.kill(),
    startMaintenance: () => {
      maintenance = openMaintenanceProcess(parts, archive);
    },
  };
}

/** Looks at the due sets when there is something to see, and no oftener than the real one. */
function openSchedulerProcess(parts: FleetParts): Upkeep['nudge'] {
  const scheduler = openFleetProcess(parts.redis);
  const redis = parts.connect(scheduler.gate);
  const queues = parts.queues.queues(scheduler.gate);
  const buckets = [...new Set(parts.accounts.map(({ name }) => bucketOf(name)))];
  let nudged = Promise.withResolvers<void>();
  const nextDueInMs = async (): Promise<number> => {
    const keys = buckets.flatMap((bucket) => LANES.map((lane) => bucketKeys(bucket).due(lane)));
    const firsts = await Promise.all(keys.map((key) => redis.zrange(key, '0', '0', 'WITHSCORES')));
    return Math.min(IDLE_MS, ...firsts.map(([, score]) => Number(score ?? Infinity) - Date.now()));
  };
  const look = async (): Promise<void> => {
    for (;;) {
      nudged = Promise.withResolvers<void>();
      const inMs = await nextDueInMs().catch(() => IDLE_MS);
      if (inMs <= 0) await enqueueDue(redis, queues, FLEET_CONCURRENCY).catch(ignore);
      else if (inMs > TICK_MS) await Promise.race([pause(inMs), nudged.promise]);
      await pause(TICK_MS);
    }
  };
  void look();
  repeat(5_000, () => runRounds(redis, { everyMs: ROUND_MS }));
  return () => nudged.resolve();
}

function openMaintenanceProcess(parts: FleetParts, { archive }: MemoryArchive): FleetProcess {
  const maintenance = openFleetProcess(parts.redis, parts.onCommand);
  const redis = parts.connect(maintenance.gate);
  const accounts = parts.accounts.map(({ name }) => name);
  const exchanges = openExchanges({
    accounts: parts.accounts,
    baseUrl: 'http://venue',
    maxSockets: 2,
    carrier: carrierTo((request) => maintenance.reach(() => parts.send(undefined, request))),
    hooksOf: (account) => budgetedHooks(redis, account, { request: () => undefined, budgetWait: () => undefined }),
  });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what these tasks take of it
  const deps = {
    redis,
    archive,
    accounts,
    exchangeOf: exchanges.of,
    log,
    count: () => undefined,
    lives: new Map(),
    followReactions: () => undefined,
  } as unknown as TaskDeps;
  void setAccounts(redis, accounts);
  void refreshInstruments(deps, limit());
  repeat(5_000, () => refreshPrices(deps, limit()));
  repeat(1_000, () => noticeLoss(deps, limit()));
  repeat(parts.drainEveryMs, () => drainAll(redis, archive));
  repeat(30_000, () => evictExpired(redis, accounts));
  repeat(30_000, () => cancelOrphans(deps, limit()));
  return maintenance;
}

/** At once and then this long after each end; what fails is tried again in its turn. */
function repeat(everyMs: number, task: () => Promise<unknown>): void {
  const run = async (): Promise<void> => {
    await task().catch(() => undefined);
    setTimeout(() => void run(), everyMs);
  };
  void run();
}

function ignore(): void {}

function limit(): AbortSignal {
  return new AbortController().signal;
}
