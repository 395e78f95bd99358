import { setTimeout as pause } from 'node:timers/promises';
import {
  ALL_BUCKETS,
  bucketKeys,
  flushCache,
  keepInstallation,
  listProcesses,
  listRounds,
  outboxSize,
} from '@backstop/store';
import type { Redis, Round } from '@backstop/store';
import { startFleet } from '../support/fleet.ts';
import { readTruth } from '../support/truth.ts';
import { acceptAll } from './accept-all.ts';
import { eachPart } from './each-part.ts';
import { startMarket, type Market } from './market.ts';
import { median } from './median.ts';
import { rssMb } from './read-rss.ts';
import { LETTERS, setLimits, standingPlans, standPositions } from './standing-positions.ts';
import { startServices, STREAMS } from './start-services.ts';

export interface ScaleSize {
  readonly accounts: number;
  /** Monitors of each account, on a symbol each. */
  readonly symbols: number;
}

export interface ScaleRun {
  readonly monitors: number;
  readonly accounts: number;
  /** From the acceptance of the plans to the first round that has checked them all. */
  readonly firstPassMs: number;
  /** Rounds on what the cache then holds. */
  readonly sweepMs: number;
  readonly slowestSweepMs: number;
  /** A round on an empty cache. */
  readonly coldSweepMs: number;
  readonly coldCalls: number;
  /** Calls to the exchange meanwhile: of the sweeps, and of whatever else goes on. */
  readonly callsPer15s: number;
  /** What Redis holds for them beyond what it holds without any. */
  readonly redisBytes: number;
  readonly rssMb: Readonly<Record<string, number>>;
  readonly rateLimited: number;
  readonly incompleteRounds: number;
}

const ROUND_MS = 6_000;
const ROUNDS = 4;
const LIMIT_MS = 600_000;
const LOOK_MS = 50;

/** Sweeps of monitors that have nothing to do: a position each, under its stop, with a take-profit far away. */
export async function scaleRun(size: ScaleSize): Promise<ScaleRun> {
  await using market = await startMarket(size);
  await using fleet = await startFleet({ exchangeUrl: market.url, accountsFile: market.accountsFile });
  const { redis } = fleet;
  const plans = standingPlans(market);
  await standPositions(market, plans);
  await setLimits(market, true);
  await keepInstallation(redis, LETTERS);
  const concurrency = { WORKER_CONCURRENCY: '20', FLEET_CONCURRENCY: '40' };
  const processes = startServices(fleet, {
    workers: 2,
    streams: STREAMS,
    env: { SCHEDULER_ROUND_MS: `${ROUND_MS}`, ...concurrency },
  });
  await until('up', () => isUp(redis, processes));
  const emptyBytes = await usedBytes(redis);

  const acceptedMs = performance.now();
  await acceptAll(redis, plans);
  await until('checked', async () => (await nextRound(redis)).monitors === plans.length);
  const firstPassMs = Math.round(performance.now() - acceptedMs);
  await until('archived', () => isArchived(redis));
  const warm = await sweeps(market, redis);
  const redisBytes = (await usedBytes(redis)) - emptyBytes;
  const resident = await eachPart(fleet, market, rssMb);
  const cold = await coldSweep(market, redis);
  return {
    monitors: plans.length,
    accounts: size.accounts,
    firstPassMs,
    ...warm,
    ...cold,
    redisBytes,
    rssMb: resident,
    rateLimited: (await requests(market)).rateLimited,
  };
}

type Warm = Pick<ScaleRun, 'sweepMs' | 'slowestSweepMs' | 'callsPer15s' | 'incompleteRounds'>;

async function sweeps(market: Market, redis: Redis): Promise<Warm> {
  await nextRound(redis);
  const [before, startedMs] = [await requests(market), performance.now()];
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) rounds.push(await nextRound(redis));
  const [after, endedMs] = [await requests(market), performance.now()];
  const durations = rounds.map(({ durationMs }) => durationMs);
  return {
    sweepMs: median(durations),
    slowestSweepMs: Math.max(...durations),
    callsPer15s: Math.round(((after.all - before.all) * 15_000) / (endedMs - startedMs)),
    incompleteRounds: rounds.filter(({ complete }) => !complete).length,
  };
}

async function coldSweep(market: Market, redis: Redis): Promise<Pick<ScaleRun, 'coldSweepMs' | 'coldCalls'>> {
  await nextRound(redis);
  const before = await requests(market);
  await flushCache(redis);
  const { durationMs } = await nextRound(redis);
  return { coldSweepMs: durationMs, coldCalls: (await requests(market)).all - before.all };
}

/** The next round to close. */
async function nextRound(redis: Redis): Promise<Round> {
  const [last] = await listRounds(redis, 1);
  let round: Round | undefined;
  await until('swept', async () => {
    [round] = await listRounds(redis, 1);
    return round !== undefined && round.openedAtMs !== last?.openedAtMs;
  });
  if (round === undefined) throw new Error('no round');
  return round;
}

async function isUp(redis: Redis, processes: number): Promise<boolean> {
  const instruments = ALL_BUCKETS.map((bucket) => redis.exists(bucketKeys(bucket).instruments));
  const running = (await listProcesses(redis)).length;
  return running >= processes && (await Promise.all(instruments)).every((exists) => exists === 1);
}

async function isArchived(redis: Redis): Promise<boolean> {
  const sizes = await Promise.all(ALL_BUCKETS.map((bucket) => outboxSize(redis, bucket)));
  return sizes.every(({ count }) => count === 0);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedMs > LIMIT_MS) throw new Error(`not ${what} after ${LIMIT_MS} ms`);
    await pause(LOOK_MS);
  }
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

async function requests({ url }: Market): Promise<{ all: number; rateLimited: number }> {
  const { requestTotals, rateLimited } = await readTruth(url);
  return { all: requestTotals.all, rateLimited };
}
