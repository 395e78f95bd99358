import { connectRedis, flushCache, listRounds, redisTimeMs, type Redis, type Round } from '@backstop/store';
import Table from 'cli-table3';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbedded, type Embedded } from '../support/embedded.ts';
import { median } from './median.ts';
import { naiveSweep } from './naive-sweep.ts';
import { allCalls, listingCalls, readTruth } from '../support/truth.ts';

const LATENCY_MS = 150;
/** Active orders come in two pages of 50, one after the other; positions and stop orders beside them in one each. */
const PAGES_IN_SEQUENCE = 2;
const QUIET_MS = 60_000;
const REPEATS = 7;
/** Sweeps follow each other this fast here, so that enough of them fit into a run. */
const FAST_ROUND_MS = 2_500;
/** A flush takes some ms, and what it drops is read again by the streams within a few hundred: it begins so long before the opening. */
const FLUSH_AHEAD_MS = 60;
const LATEST_FLUSH_AHEAD_MS = 100;
const ROUNDS_TO_SETTLE = 3;

interface SweepFigures {
  readonly restingOrders: number;
  readonly setupMs: number;
  readonly coldMs: number;
  readonly warmMs: number;
  readonly coldCalls: number;
  readonly warmCalls: number;
  readonly listingCallsPer15s: number;
  readonly naiveMs: number;
  readonly naiveCalls: number;
  readonly rateLimited: number;
  readonly duplicates: number;
}

/**
 * The sweep of 30 monitors on two accounts with nothing to change: on an empty cache, on a warm one, the listing calls of a
 * quiet minute, and beside it a naive mode. 150 ms latency, the exchange's real limits.
 */
export async function sweep(): Promise<SweepFigures> {
  const quiet = await measureQuietMinute();
  const fast = await measureSweeps();
  const figures = { ...quiet, ...fast };
  print(figures);
  return figures;
}

async function measureQuietMinute(): Promise<Pick<SweepFigures, 'setupMs' | 'listingCallsPer15s'>> {
  await using run = await startEmbedded(flags());
  const setupMs = await setUp(run);
  await pause(5_000); // the last confirmations
  const before = listingCalls(await readTruth(run.exchangeUrl));
  await pause(QUIET_MS);
  const calls = listingCalls(await readTruth(run.exchangeUrl)) - before;
  return { setupMs, listingCallsPer15s: (calls * 15_000) / QUIET_MS };
}

async function measureSweeps(): Promise<Omit<SweepFigures, 'setupMs' | 'listingCallsPer15s'>> {
  await using run = await startEmbedded(flags(), { SCHEDULER_ROUND_MS: `${FAST_ROUND_MS}` });
  await setUp(run);
  const redis = connectRedis(run.redisUrl, 'bench');
  await redis.connect();
  try {
    await pause(5_000);
    const { openOrders } = await readTruth(run.exchangeUrl);
    const cold: Sample[] = [];
    const warm: Sample[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      cold.push(await sampleCold(run, redis));
      warm.push(await sampleWarm(run, redis));
    }
    const naive = [];
    for (let repeat = 0; repeat < 3; repeat += 1) {
      naive.push(await naiveSweep(run.exchangeUrl, run.accountsFile));
      await pause(1_500); // its calls count against the same limits
    }
    const { rateLimited, duplicates } = await readTruth(run.exchangeUrl);
    return {
      restingOrders: openOrders.length,
      coldMs: median(cold.map(({ round }) => round.durationMs)),
      warmMs: median(warm.map(({ round }) => round.durationMs)),
      coldCalls: median(cold.map(({ calls }) => calls)),
      warmCalls: median(warm.map(({ calls }) => calls)),
      naiveMs: median(naive.map(({ ms }) => ms)),
      naiveCalls: median(naive.map(({ calls }) => calls)),
      rateLimited,
      duplicates: duplicates.length,
    };
  } finally {
    redis.disconnect();
  }
}

interface Sample {
  readonly round: Round;
  /** Listing calls between the end of the round before and the end of this one. */
  readonly calls: number;
}

/** A round well after a flush: the streams have read the accounts again, and made the audit that follows on that. */
async function sampleWarm(run: Embedded, redis: Redis): Promise<Sample> {
  for (let nth = 1; nth < ROUNDS_TO_SETTLE; nth += 1) await nextRound(redis);
  return sampleAfter(await nextRound(redis), run, redis);
}

/** The first round that opens on an empty cache: where the flush came too early, or ended after the opening, it is none. */
async function sampleCold(run: Embedded, redis: Redis): Promise<Sample> {
  for (;;) {
    let flushed = { fromMs: 0, toMs: 0 };
    const last = await nextRound(redis);
    const sample = await sampleAfter(last, run, redis, async () => {
      await pause(Math.max(last.openedAtMs + FAST_ROUND_MS - FLUSH_AHEAD_MS - (await redisTimeMs(redis)), 0));
      const fromMs = await redisTimeMs(redis);
      await flushCache(redis);
      flushed = { fromMs, toMs: await redisTimeMs(redis) };
    });
    const { openedAtMs } = sample.round;
    if (flushed.toMs <= openedAtMs && openedAtMs - flushed.fromMs <= LATEST_FLUSH_AHEAD_MS) return sample;
  }
}

async function sampleAfter(
  last: Round,
  run: Embedded,
  redis: Redis,
  prepare: () => Promise<void> = async () => {},
): Promise<Sample> {
  const before = listingCalls(await readTruth(run.exchangeUrl));
  await prepare();
  const round = await nextRound(redis, last);
  return { round, calls: listingCalls(await readTruth(run.exchangeUrl)) - before };
}

/** The first round that closes after the last one. */
async function nextRound(redis: Redis, last?: Round): Promise<Round> {
  const [newest] = last === undefined ? await listRounds(redis, 1) : [last];
  for (;;) {
    const [round] = await listRounds(redis, 1);
    if (round !== undefined && round.openedAtMs !== newest?.openedAtMs) return round;
    await pause(25);
  }
}

function flags(): readonly string[] {
  return ['--latency', `${LATENCY_MS}`, '--market', 'still'];
}

async function setUp(run: Embedded): Promise<number> {
  const line = await run.line(/all plans are set up after \d+ ms/);
  const { rateLimited } = await readTruth(run.exchangeUrl);
  process.stdout.write(
    `${line.trim()}, rate limited ${rateLimited}, ${allCalls(await readTruth(run.exchangeUrl))} requests\n`,
  );
  return Number(/after (\d+) ms/.exec(line)?.[1]);
}

function print(figures: SweepFigures): void {
  const coldGoal = PAGES_IN_SEQUENCE * LATENCY_MS + 60;
  const table = new Table({ head: ['30 monitors, 2 accounts, 150 ms', 'Backstop', 'goal', 'naive', 'ratio'] });
  const row = (what: string, ours: number, goal: string, naive?: number): void => {
    const ratio = naive === undefined ? '' : ours === 0 ? 'none against all' : `1 : ${(naive / ours).toFixed(1)}`;
    table.push([what, `${ours}`, goal, naive === undefined ? '' : `${naive}`, ratio]);
  };
  row('resting orders', figures.restingOrders, '207');
  row('setting up, ms', figures.setupMs, '');
  row('cold sweep, ms', figures.coldMs, `<= ${coldGoal}`, figures.naiveMs);
  row('cold sweep, listing calls', figures.coldCalls, '', figures.naiveCalls);
  row('warm sweep, ms', figures.warmMs, '<= 30', figures.naiveMs);
  row('warm sweep, listing calls', figures.warmCalls, '0', figures.naiveCalls);
  row('listing calls in a quiet 15 s', figures.listingCallsPer15s, '<= 8', figures.naiveCalls);
  row('rate limited', figures.rateLimited, '0');
  row('duplicates', figures.duplicates, '0');
  process.stdout.write(`${table.toString()}\n`);
}
