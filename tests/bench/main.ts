/** `pnpm bench NAME [--report FILE]`: figures as ratios in one run, never a test. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { budget } from './budget.ts';
import { decideRate } from './decide-rate.ts';
import { reaction } from './reaction.ts';
import { scale } from './scale.ts';
import { simulator } from './simulator.ts';
import { start } from './start.ts';
import { sweep } from './sweep.ts';
import { throughput } from './throughput.ts';
import { workers } from './workers.ts';

/** A benchmark prints its table as it goes and returns the same figures. */
type Benchmark = () => Promise<object>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  budget,
  decide: decideRate,
  reaction,
  scale,
  simulator,
  start,
  sweep,
  throughput,
  workers,
};

const usage = `usage: bench NAME [--report FILE]   NAME is one of: ${Object.keys(BENCHMARKS).join(', ')}
BENCH_SMALL=1 tries budget, scale and start on a few monitors; BENCH_STREAMS=0 has scale and start without streams\n`;
const { name, report } = readArguments();
const benchmark = BENCHMARKS[name];
if (benchmark === undefined) refuse(usage);
const figures = await benchmark();
if (report !== undefined) await writeFile(report, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(0);

function readArguments(): { name: string; report: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' } } });
    return { name: positionals.length === 1 ? (positionals[0] ?? '') : '', report: values.report };
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : 'bad arguments'}\n`);
  }
}

function refuse(message: string): never {
  process.stderr.write(message);
  process.exit(2);
}
