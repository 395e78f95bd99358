import Table from 'cli-table3';
import { isSmall } from './is-small.ts';
import { scaleRun, type ScaleRun, type ScaleSize } from './scale-run.ts';

/** The same accounts with more and more monitors, and the same monitors an account on more and more accounts. */
const FIXED: readonly ScaleSize[] = isSmall
  ? [
      { accounts: 10, symbols: 2 },
      { accounts: 10, symbols: 20 },
    ]
  : [
      { accounts: 50, symbols: 2 },
      { accounts: 50, symbols: 20 },
      { accounts: 50, symbols: 200 },
    ];
const GROWING: readonly ScaleSize[] = isSmall
  ? [
      { accounts: 2, symbols: 10 },
      { accounts: 20, symbols: 10 },
    ]
  : [
      { accounts: 2, symbols: 50 },
      { accounts: 20, symbols: 50 },
      { accounts: 200, symbols: 50 },
    ];

interface ScaleFigures {
  readonly fixed: readonly ScaleRun[];
  readonly growing: readonly ScaleRun[];
}

/**
 * Sweeps of 100 to 10,000 monitors with nothing to do, on 50 accounts and on 2 to 200, by two workers: how long they take, what
 * they ask of the exchange, and the memory of everything. The exchange's real limits.
 */
export async function scale(): Promise<ScaleFigures> {
  const figures = { fixed: await runAll(FIXED), growing: await runAll(GROWING) };
  print(figures);
  return figures;
}

async function runAll(sizes: readonly ScaleSize[]): Promise<readonly ScaleRun[]> {
  const runs: ScaleRun[] = [];
  for (const size of sizes) {
    const run = await scaleRun(size);
    process.stdout.write(`${JSON.stringify(run)}\n`);
    runs.push(run);
  }
  return runs;
}

function print({ fixed, growing }: ScaleFigures): void {
  const head = [
    'monitors',
    'accounts',
    'first pass ms',
    'sweep ms',
    'slowest',
    'cold sweep ms',
    'its calls',
    'calls/15 s',
  ];
  const table = new Table({ head: [...head, 'Redis B/monitor', ...PARTS.map((part) => `${part} MB`), 'rate limited'] });
  for (const run of [...fixed, ...growing]) {
    const { monitors, accounts, firstPassMs, sweepMs, slowestSweepMs, coldSweepMs, coldCalls, callsPer15s } = run;
    const durations = [firstPassMs, sweepMs, slowestSweepMs, coldSweepMs];
    const resident = PARTS.map((part) => residentOf(run, part));
    const bytes = Math.round(run.redisBytes / monitors);
    table.push([monitors, accounts, ...durations, coldCalls, callsPer15s, bytes, ...resident, run.rateLimited]);
  }
  table.push(['goal', '', '', '<= 5000', '', '', '', 'by accounts', '<= 4096', ...PARTS.map(() => ''), '0']);
  process.stdout.write(
    `${table.toString()}\n${growth('at the same accounts', fixed)}\n${growth('with the accounts', growing)}\n`,
  );
}

const PARTS = ['redis', 'worker', 'scheduler', 'maintenance', 'stream', 'simulator'] as const;

/** The largest process of a service. */
function residentOf({ rssMb }: ScaleRun, part: (typeof PARTS)[number]): number | '' {
  const sizes = Object.entries(rssMb).filter(([name]) => name === part || name.startsWith(`${part}-`));
  return sizes.length === 0 ? '' : Math.max(...sizes.map(([, size]) => size));
}

function growth(how: string, runs: readonly ScaleRun[]): string {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return '';
  const monitors = times(first.monitors, last.monitors);
  const bytes = Math.round((last.redisBytes - first.redisBytes) / (last.monitors - first.monitors));
  const calls = times(first.callsPer15s, last.callsPer15s);
  const sweep = times(first.sweepMs, last.sweepMs);
  return `monitors ${monitors} ${how}: calls in 15 s ${calls}, sweep ${sweep}, ${bytes} bytes of Redis for each further one`;
}

function times(from: number, to: number): string {
  return from === 0 ? `${from} to ${to}` : `x ${(to / from).toFixed(1)}`;
}
