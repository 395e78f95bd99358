import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from '@backstop/store';
import Table from 'cli-table3';
import { fleetUsage } from './fleet-usage.ts';
import type { Market } from './market.ts';
import { openQuietMonitors, untilRunning } from './quiet-monitors.ts';

const ACCOUNTS = 80;
const SYMBOLS = 25;
const MONITORS = ACCOUNTS * SYMBOLS;
const MOST_WORKERS = 4;
const CHECKS_AT_ONCE = 20;
const WARM_MS = 5_000;
const MEASURE_MS = 15_000;
/** Beyond this share of the machine, other programs have made the figures small. */
const NOTABLE = 0.1;
/** A part that is this busy cannot do more: of one core for Redis and the scheduler, of all for the machine. */
const FULL = 0.9;

interface Step {
  readonly workers: number;
  readonly checksPerSecond: number;
  /** To one worker's. */
  readonly ratio: number;
  /** Share of the checks that found warm rows and nothing to do. */
  readonly unchanged: number;
  /** Cores kept busy by each part; `others` is whatever else ran on this machine. */
  readonly cores: Readonly<Record<Part | 'others', number>>;
  /** Checks a second for each core that all parts together kept busy: what is left when other programs take the rest. */
  readonly perCore: number;
  readonly workerMsPerCheck: number;
  readonly redisMsPerCheck: number;
}

const PARTS = ['redis', 'workers', 'scheduler', 'maintenance', 'simulator'] as const;
type Part = (typeof PARTS)[number];

interface WorkersFigures {
  readonly monitors: number;
  readonly machineCores: number;
  readonly steps: readonly Step[];
  readonly verdict: string;
}

/**
 * How many checks a second 1, 2, 3 and 4 worker processes make of 2000 quiet monitors on warm rows, in one run, while there is
 * always more to do than is done; and what that takes of the machine. Linux only.
 */
export async function workers(): Promise<WorkersFigures> {
  const size = { accounts: ACCOUNTS, symbols: SYMBOLS, checksAtOnce: CHECKS_AT_ONCE, workersAtMost: MOST_WORKERS };
  await using monitors = await openQuietMonitors(size);
  const { fleet, market } = monitors;
  const stop = new AbortController();
  const feeding = monitors.keepDue(stop.signal);
  const steps: Step[] = [];
  for (let count = 1; count <= MOST_WORKERS; count += 1) {
    if (count > 1) fleet.start('worker', `worker-${count}`);
    await untilRunning(fleet.redis, count);
    await pause(WARM_MS);
    const step = await measure(fleet.redis, market, count);
    steps.push({ ...step, ratio: round(step.checksPerSecond / (steps[0] ?? step).checksPerSecond, 2) });
    process.stdout.write(`${count} workers: ${step.checksPerSecond} checks a second\n`);
  }
  stop.abort();
  await feeding;
  const machineCores = availableParallelism();
  const figures = { monitors: MONITORS, machineCores, steps, verdict: judge(steps, machineCores) };
  print(figures);
  return figures;
}

async function measure(redis: Redis, { pid }: Market, count: number): Promise<Omit<Step, 'ratio'>> {
  const before = await fleetUsage(redis, pid);
  await pause(MEASURE_MS);
  const after = await fleetUsage(redis, pid);
  const seconds = (after.atMs - before.atMs) / 1_000;
  const checks = after.checks - before.checks;
  const busy = (part: Part | 'machine'): number => (after[part] - before[part]) / seconds;
  const cores = Object.fromEntries(PARTS.map((part) => [part, round(busy(part), 2)])) as Record<Part, number>;
  const ours = PARTS.reduce((total, part) => total + busy(part), 0);
  return {
    workers: count,
    checksPerSecond: Math.round(checks / seconds),
    unchanged: round((after.unchanged - before.unchanged) / checks, 3),
    cores: { ...cores, others: round(Math.max(busy('machine') - ours, 0), 2) },
    perCore: Math.round(checks / seconds / ours),
    workerMsPerCheck: round((1_000 * busy('workers') * seconds) / checks, 2),
    redisMsPerCheck: round((1_000 * busy('redis') * seconds) / checks, 2),
  };
}

/** What the limit was where most was done, and what one check costs: how far more cores would carry. */
function judge(steps: readonly Step[], machineCores: number): string {
  const best = steps.reduce((a, b) => (b.checksPerSecond > a.checksPerSecond ? b : a));
  const { cores, redisMsPerCheck, workerMsPerCheck } = best;
  const busy = Object.values(cores).reduce((total, some) => total + some, 0);
  const limits = [
    ...(busy >= FULL * machineCores ? [`the machine, ${round(busy, 1)} of whose ${machineCores} cores are busy`] : []),
    ...(cores.redis >= FULL ? ['the one thread of Redis'] : []),
    ...(cores.scheduler >= FULL ? ['the one thread of the scheduler'] : []),
  ];
  const others = Math.max(...steps.map((step) => step.cores.others));
  const reach = Math.round(1_000 / redisMsPerCheck);
  const wanted = Math.ceil((reach * workerMsPerCheck) / 1_000);
  return [
    `most with ${best.workers} workers; the limit is ${limits.length === 0 ? 'waiting, not CPU' : limits.join(' and ')}`,
    ...(others > NOTABLE * machineCores
      ? [
          `other programs took up to ${others} cores: alone it would be about ${best.perCore * machineCores} checks a second`,
        ]
      : []),
    `a check costs ${workerMsPerCheck} ms of a worker's CPU and ${redisMsPerCheck} ms of Redis's`,
    `with cores to spare one Redis carries about ${reach} checks a second, of about ${wanted} workers`,
  ].join('\n');
}

function print({ steps, verdict }: WorkersFigures): void {
  const head = ['workers', 'checks/s', 'ratio', 'per core', 'unchanged', ...PARTS, 'others', 'worker ms', 'redis ms'];
  const table = new Table({ head });
  for (const step of steps) {
    const { cores, perCore, workerMsPerCheck, redisMsPerCheck } = step;
    const busy = [...PARTS, 'others' as const].map((part) => cores[part].toFixed(2));
    const share = `${(step.unchanged * 100).toFixed(1)} %`;
    table.push([
      step.workers,
      step.checksPerSecond,
      step.ratio,
      perCore,
      share,
      ...busy,
      workerMsPerCheck,
      redisMsPerCheck,
    ]);
  }
  process.stdout.write(
    `${MONITORS} monitors; cores kept busy by each part; CPU a check\n${table.toString()}\n${verdict}\n`,
  );
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
