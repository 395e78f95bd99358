import { cacheStats, hitRate, listRounds, redisTimeMs } from '@backstop/store';
import type { CacheCounts, Redis, Round } from '@backstop/store';
import type { FleetTally } from './fleet-tally.ts';
import { percentile } from './percentile.ts';
import { totalRequests } from './request-samples.ts';
import type { RequestSamples } from './request-samples.ts';
import type { TruePosition, Truth } from './simulator-client.ts';

/** The report of a run (DESIGN section 8). Times in ms; orders and protection as the simulator saw them. */
export interface Report {
  readonly monitors: number;
  /** Positions opened in the run, and how many of them stood under a stop for their whole life, to the millisecond. */
  readonly positions: number;
  readonly protected: number;
  readonly unprotectedMs: number;
  readonly throughMs: number;
  /** From handing the plans over until all orders stand on the exchange; null = they did not within the limit. */
  readonly setupMs: number | null;
  readonly sweeps: { readonly count: number; readonly firstMs: number; readonly p50Ms: number; readonly p99Ms: number };
  readonly exchange: {
    readonly requests: number;
    readonly byEndpoint: Readonly<Record<string, number>>;
    /** Requests during the first sweep, and the mean of the later ones, to the accuracy of the looks at the truth. */
    readonly perSweepCold: number;
    readonly perSweepWarm: number;
    readonly rateLimited: number;
  };
  readonly cache: {
    readonly fresh: number;
    readonly patched: number;
    readonly expired: number;
    readonly missed: number;
    /** Share of reads that needed no request, 0..1. */
    readonly hitRate: number;
  };
  readonly reactions: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };
  readonly decisions: { readonly count: number; readonly stale: number };
  readonly jobs: {
    readonly completed: number;
    readonly failed: number;
    readonly byWorker: Readonly<Record<string, number>>;
  };
  readonly duplicates: number;
  readonly wrongCancels: number;
}

export interface ReportInput {
  readonly monitors: number;
  readonly setupMs: number | undefined;
  readonly truth: Truth;
  readonly tally: FleetTally;
  readonly samples: RequestSamples;
  readonly rounds: readonly Round[];
  readonly cache: CacheCounts;
}

const ROUNDS = 200;

/** Where Redis stood when a run began: it may have counted before. */
export interface RedisMark {
  readonly atMs: number;
  readonly cache: CacheCounts;
}

export async function markRedis(redis: Redis): Promise<RedisMark> {
  return { atMs: await redisTimeMs(redis), cache: await allReads(redis) };
}

/** What Redis has counted since the mark. */
export async function gatherFromRedis(redis: Redis, mark: RedisMark): Promise<Pick<ReportInput, 'rounds' | 'cache'>> {
  const [rounds, cache] = await Promise.all([listRounds(redis, ROUNDS), allReads(redis)]);
  return {
    rounds: rounds.filter(({ openedAtMs }) => openedAtMs >= mark.atMs).toReversed(),
    cache: combine(cache, mark.cache, (now, before) => now - before),
  };
}

export function buildReport({ monitors, setupMs, truth, tally, samples, rounds, cache }: ReportInput): Report {
  const requestsPerRound = rounds.map(({ openedAtMs, closedAtMs }) => samples.between(openedAtMs, closedAtMs));
  const { positions, unprotectedMs, throughMs } = truth.totals;
  const reactions = truth.reactions.map(({ ms }) => ms);
  return {
    monitors,
    positions,
    protected: truth.positions.filter(isCovered).length,
    unprotectedMs,
    throughMs,
    setupMs: setupMs ?? null,
    sweeps: sweepFigures(rounds),
    exchange: {
      requests: totalRequests(truth),
      byEndpoint: byEndpoint(truth),
      perSweepCold: requestsPerRound[0] ?? 0,
      perSweepWarm: mean(requestsPerRound.slice(1)),
      rateLimited: truth.rateLimited,
    },
    cache: {
      fresh: cache.fresh,
      patched: cache.patched,
      expired: cache.expired + cache.dirty,
      missed: cache.missed,
      hitRate: round(hitRate(cache) ?? 0),
    },
    reactions: { count: reactions.length, p50Ms: percentile(reactions, 0.5), p99Ms: percentile(reactions, 0.99) },
    decisions: { count: tally.total('decisions'), stale: tally.total('staleDecisions') },
    jobs: {
      completed: tally.total('jobsCompleted'),
      failed: tally.total('jobsFailed'),
      byWorker: tally.jobsByWorker(),
    },
    duplicates: truth.duplicates.length,
    wrongCancels: truth.wrongCancels.length,
  };
}

function isCovered({ unprotectedMs, unprotectedNow }: TruePosition): boolean {
  return unprotectedMs === 0 && !unprotectedNow;
}

async function allReads(redis: Redis): Promise<CacheCounts> {
  const { positions, orders, lookups } = await cacheStats(redis);
  return [orders, lookups].reduce((sum, counts) => combine(sum, counts, (a, b) => a + b), positions);
}

function combine(a: CacheCounts, b: CacheCounts, join: (a: number, b: number) => number): CacheCounts {
  return {
    fresh: join(a.fresh, b.fresh),
    patched: join(a.patched, b.patched),
    dirty: join(a.dirty, b.dirty),
    expired: join(a.expired, b.expired),
    missed: join(a.missed, b.missed),
  };
}

function sweepFigures(rounds: readonly Round[]): Report['sweeps'] {
  const durations = rounds.map(({ durationMs }) => durationMs);
  return {
    count: durations.length,
    firstMs: durations[0] ?? 0,
    p50Ms: percentile(durations, 0.5),
    p99Ms: percentile(durations, 0.99),
  };
}

function byEndpoint({ requests }: Truth): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { endpoint, count } of requests) totals[endpoint] = (totals[endpoint] ?? 0) + count;
  return totals;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
