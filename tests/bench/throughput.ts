import { setTimeout as pause } from 'node:timers/promises';
import Table from 'cli-table3';
import { openBareQueue, type BareQueue } from './bare-queue.ts';
import { checksDone } from './fleet-usage.ts';
import { median } from './median.ts';
import { openQuietMonitors, type QuietMonitors } from './quiet-monitors.ts';

const SIZE = { accounts: 20, symbols: 20, checksAtOnce: 20, workersAtMost: 4 } as const;
const REPEATS = 5;
const WARM_MS = 2_000;
const MEASURE_MS = 6_000;
const GOAL = 0.5;

interface ThroughputFigures {
  readonly checksPerSecond: number;
  readonly bareJobsPerSecond: number;
  readonly ratio: number;
  readonly goal: number;
}

/**
 * Checks a second of one worker process on quiet monitors beside bare BullMQ's jobs that do nothing, one after the other on
 * the same Redis, several times in one run.
 */
export async function throughput(): Promise<ThroughputFigures> {
  await using monitors = await openQuietMonitors(SIZE);
  await using bare = openBareQueue(monitors.fleet.redisUrl, SIZE.checksAtOnce);
  const pairs = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const jobs = await bareRate(bare);
    const checks = await checkRate(monitors);
    process.stdout.write(`${jobs} bare jobs, ${checks} checks a second: ${(checks / jobs).toFixed(2)}\n`);
    pairs.push({ jobs, checks });
  }
  const figures = {
    checksPerSecond: median(pairs.map(({ checks }) => checks)),
    bareJobsPerSecond: median(pairs.map(({ jobs }) => jobs)),
    ratio: Number(median(pairs.map(({ checks, jobs }) => checks / jobs)).toFixed(2)),
    goal: GOAL,
  };
  const table = new Table({ head: ['one worker process', 'a second', 'goal'] });
  table.push(
    ['checks', figures.checksPerSecond, ''],
    ['bare BullMQ jobs', figures.bareJobsPerSecond, ''],
    ['ratio', figures.ratio, `>= ${GOAL}`],
  );
  process.stdout.write(`${table.toString()}\n`);
  return figures;
}

async function bareRate(bare: BareQueue): Promise<number> {
  return whileFed((signal) => bare.feed(signal), bare.jobsDone);
}

async function checkRate({ fleet, keepDue }: QuietMonitors): Promise<number> {
  return whileFed(keepDue, () => checksDone(fleet.redis));
}

/** Per second, once it runs evenly. */
async function whileFed(feed: (signal: AbortSignal) => Promise<void>, done: () => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const feeding = feed(stop.signal);
  await pause(WARM_MS);
  const [before, startedMs] = [await done(), performance.now()];
  await pause(MEASURE_MS);
  const [after, endedMs] = [await done(), performance.now()];
  stop.abort();
  await feeding;
  return Math.round((1_000 * (after - before)) / (endedMs - startedMs));
}
