import {
  accountConditions,
  cachedRows,
  cacheStats,
  hitRate,
  listProcesses,
  readAccounts,
  readMonitors,
  readStreams,
  redisTimeMs,
  streamState,
  tallyProtection,
} from '@backstop/store';
import type { AccountPicture, CacheCounts, MonitorPicture, Queues, Redis, StreamPicture } from '@backstop/store';
import type { z } from 'zod';
import { levelView } from './report-view.ts';
import { monitorView } from './monitor-view.ts';
import type { AccountsView, CacheView, MonitorView, processesSchema, queuesSchema } from './schemas.ts';

export type ProcessesView = z.output<typeof processesSchema>;
export type QueuesView = z.output<typeof queuesSchema>;

/** Everything that the first page shows, of one moment as far as Redis lets it. */
export interface Overview {
  readonly monitors: readonly MonitorView[];
  readonly accounts: AccountsView;
  readonly cache: CacheView;
  readonly processes: ProcessesView;
  readonly queues: QueuesView;
}

/** Rejects when Redis does not answer. */
export async function readOverview(redis: Redis, queues: Queues): Promise<Overview> {
  const monitors = await readMonitors(redis);
  const [accounts, cache, processes, depths] = await Promise.all([
    accountsView(redis, monitors),
    cacheView(redis, monitors),
    processesView(redis),
    queuesView(queues),
  ]);
  return { monitors: monitors.map(monitorView), accounts, cache, processes, queues: depths };
}

export async function accountsView(redis: Redis, monitors: readonly MonitorPicture[]): Promise<AccountsView> {
  const [accounts, nowMs] = await Promise.all([readAccounts(redis, monitors), redisTimeMs(redis)]);
  const streams = await readStreams(
    redis,
    accounts.map(({ name }) => name),
  );
  return {
    positions: { ...tallyProtection(monitors) },
    accounts: accounts.map((account, at) => accountView(account, streams[at], nowMs)),
  };
}

function accountView(
  account: AccountPicture,
  stream: StreamPicture | undefined,
  nowMs: number,
): AccountsView['accounts'][number] {
  const { name, monitors: count, positions, readFailures, blocks, foreignOrders } = account;
  return {
    name,
    monitors: count,
    positions: { ...positions },
    readFailures: {
      count: readFailures.count,
      restsForMs: readFailures.untilMs === undefined ? null : Math.max(readFailures.untilMs - nowMs, 0),
    },
    blocks: [...blocks],
    foreignOrders,
    stream: streamView(stream),
    conditions: accountConditions(account, nowMs).map(levelView),
  };
}

function streamView(stream: StreamPicture | undefined): AccountsView['accounts'][number]['stream'] {
  const { owner = null, sinceMs = null, why = null } = stream ?? {};
  return { state: stream === undefined ? 'down' : streamState(stream), process: owner, sinceMs, why };
}

export async function cacheView(redis: Redis, monitors: readonly MonitorPicture[]): Promise<CacheView> {
  const { positions, orders, lookups } = await cacheStats(redis);
  return {
    total: countsView([positions, orders, lookups]),
    kinds: { positions: countsView([positions]), orders: countsView([orders]), lookups: countsView([lookups]) },
    rows: cachedRows(monitors).map(({ youngestMs = null, oldestMs = null, ...rows }) => ({
      ...rows,
      youngestMs,
      oldestMs,
    })),
  };
}

export async function processesView(redis: Redis): Promise<ProcessesView> {
  const processes = await listProcesses(redis);
  return {
    processes: processes.map(({ atMs, counters, ...process }) => ({
      ...process,
      heardAtMs: atMs,
      counters: { ...counters },
    })),
  };
}

export async function queuesView(queues: Queues): Promise<QueuesView> {
  const depths = await queues.depths();
  return {
    queues: (['tp-sl', 'limit-order', 'maintenance'] as const).map((name) => ({ name, ...depths[name] })),
  };
}

function countsView(parts: readonly CacheCounts[]): CacheView['total'] {
  const sum = (field: keyof CacheCounts): number => parts.reduce((total, counts) => total + counts[field], 0);
  const counts = {
    fresh: sum('fresh'),
    patched: sum('patched'),
    dirty: sum('dirty'),
    expired: sum('expired'),
    missed: sum('missed'),
  };
  const hits = counts.fresh + counts.patched;
  const reads = hits + counts.dirty + counts.expired + counts.missed;
  return { ...counts, reads, hits, hitRate: hitRate(counts) ?? null };
}
