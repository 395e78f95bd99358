import { ADDRESS_LIMIT, ADDRESS_WINDOW_MS } from '@backstop/store';
import Table from 'cli-table3';
import { EXCHANGE_LIMIT } from './exchange-limit.ts';
import { isSmall } from './is-small.ts';
import { median, percentile } from './median.ts';
import { shareOfAllowed, type SlidingLimit } from './share-of-allowed.ts';
import { startRun, type StartRun, type StartSize } from './start-run.ts';

const SIZE = isSmall ? { accounts: 10, symbols: 20 } : { accounts: 100, symbols: 20 };
const REPEATS = isSmall ? 1 : 3;
/** 5 % of the stops are missing. */
const FEW_EVERY = 20;
/** Positions, active orders, stop orders and executions: what has to be known, in one page each, before a stop can be set. */
const READS_OF_AN_ACCOUNT = 4;
/** Calls that our limiter lets go from one address. */
const LIMITER: SlidingLimit = { calls: ADDRESS_LIMIT, windowMs: ADDRESS_WINDOW_MS };

interface StartFigures {
  readonly positions: number;
  readonly few: Readonly<Record<string, number>>;
  readonly none: Readonly<Record<string, number>>;
  readonly runs: readonly object[];
}

/**
 * A start after a loss of Redis: the plans come from the archive, the positions stand on the exchange, 95 % of them under their
 * stop; and the same with no stop at all. One address, the exchange's real limits. Medians of several starts of each kind.
 */
export async function start(): Promise<StartFigures> {
  const few = await repeat('5 % of the stops are missing', { ...SIZE, bareEvery: FEW_EVERY });
  const none = await repeat('no stop stands', { ...SIZE, bareEvery: 1 });
  const figures = {
    positions: SIZE.accounts * SIZE.symbols,
    few: medians(few),
    none: medians(none),
    runs: [...few, ...none],
  };
  print(figures);
  return figures;
}

type Sample = Readonly<Record<string, number>>;

async function repeat(what: string, size: StartSize): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (let nth = 1; nth <= REPEATS; nth += 1) {
    const run = await startRun(size);
    samples.push(toSample(run));
    process.stdout.write(`${what}, ${nth} of ${REPEATS}: ${tell(run)}\n`);
  }
  return samples;
}

/** All times from the start of the processes, ms. */
function toSample({ upMs, restoredMs, observedMs, stopsMs, requests, rateLimited, warnings, cpu }: StartRun): Sample {
  const firstMs = Math.min(...observedMs);
  const lastStopMs = Math.max(...stopsMs);
  const sent = Object.entries(requests).filter(([name]) => !name.startsWith('order/create'));
  const calls = sent.reduce((total, [, count]) => total + count, 0);
  const needed = SIZE.accounts * READS_OF_AN_ACCOUNT + stopsMs.length;
  const spanMs = lastStopMs - firstMs;
  return {
    upMs,
    restoredMs,
    firstObservedMs: firstMs,
    halfObservedMs: median(observedMs),
    allObservedMs: Math.max(...observedMs),
    stopsSet: stopsMs.length,
    halfOfStopsMs: median(stopsMs),
    stopsP99Ms: percentile(stopsMs, 99),
    allStopsMs: lastStopMs,
    calls,
    callsPerStop: Number((calls / stopsMs.length).toFixed(2)),
    readsPerAccount: Number(
      (sent.filter(isReading).reduce((total, [, count]) => total + count, 0) / SIZE.accounts).toFixed(1),
    ),
    callsToLimiter: shareOfAllowed({ calls, spanMs }, LIMITER),
    neededToLimiter: shareOfAllowed({ calls: needed, spanMs }, LIMITER),
    neededToExchange: shareOfAllowed({ calls: needed, spanMs }, EXCHANGE_LIMIT),
    rateLimited,
    cpuSeconds: Number(
      Object.values(cpu)
        .reduce((total, seconds) => total + seconds, 0)
        .toFixed(1),
    ),
    warnings: Object.values(warnings).reduce((total, count) => total + count, 0),
  };
}

/** Streams and audits read, too: all of it comes out of the same budget. */
function isReading([name]: readonly [name: string, count: number]): boolean {
  return ['position/list', 'order/realtime', 'execution/list'].some((endpoint) => name.startsWith(endpoint));
}

function tell({ upMs, observedMs, stopsMs, requests, warnings, cpu }: StartRun): string {
  const all = `up after ${upMs} ms, all seen after ${Math.max(...observedMs)} ms, all stops after ${Math.max(...stopsMs)} ms`;
  const lines = [all, JSON.stringify(requests), `CPU seconds ${JSON.stringify(cpu)}`];
  return [...lines, ...(Object.keys(warnings).length === 0 ? [] : [JSON.stringify(warnings)])].join('\n  ');
}

function medians(samples: readonly Sample[]): Sample {
  const names = Object.keys(samples[0] ?? {});
  const values = (name: string): readonly number[] => samples.map((sample) => sample[name] ?? Number.NaN);
  const medianOf = Object.fromEntries(names.map((name) => [name, median(values(name))]));
  return { ...medianOf, rateLimited: Math.max(...values('rateLimited')) }; // not once
}

function print({ positions, few, none }: StartFigures): void {
  const table = new Table({
    head: [`${positions} positions, ${SIZE.accounts} accounts`, '5 % bare', 'all bare', 'goal'],
  });
  const row = (what: string, name: string, goal = ''): void => {
    table.push([what, few[name] ?? '', none[name] ?? '', goal]);
  };
  const after = (what: string, from: string, to: string, goal = ''): void => {
    table.push([what, (few[to] ?? 0) - (few[from] ?? 0), (none[to] ?? 0) - (none[from] ?? 0), goal]);
  };
  row('processes up, ms after they were started', 'upMs');
  row('plans restored', 'restoredMs');
  row('first position observed', 'firstObservedMs');
  row('half of the positions observed', 'halfObservedMs');
  row('every position observed', 'allObservedMs');
  row('half of the missing stops set', 'halfOfStopsMs');
  row('every missing stop set', 'allStopsMs');
  after('every position observed, ms after the processes are up', 'upMs', 'allObservedMs', '<= 2000');
  after('every missing stop set, ms after the processes are up', 'upMs', 'allStopsMs', '<= 5000 (5 %)');
  row('calls until then', 'calls');
  row('calls a stop', 'callsPerStop');
  row('readings an account', 'readsPerAccount', `${READS_OF_AN_ACCOUNT}`);
  row('from the first reading to the last stop: all calls, of those that our limiter allows', 'callsToLimiter');
  row('four readings an account and the stops, of those that our limiter allows', 'neededToLimiter', '>= 0.95 (all)');
  row('the same, of those that the exchange allows', 'neededToExchange');
  row('rate limited', 'rateLimited', '0');
  row('seconds of CPU, of all processes and the exchange', 'cpuSeconds');
  row('warnings in the logs', 'warnings');
  process.stdout.write(`${table.toString()}\n`);
}
