/**
 * `node tests/mutants/main.ts [--only NAME] [--jobs N] [--limit SECONDS]`: breaks the product by hand, one thing at a time, and sees that a
 * test notices each. It works on copies of the project and never changes it. `--only` takes the mutants whose name, file or rule
 * contains the text. A mutant is killed when a test fails; one that does not compile or load, or whose script stops at an error, is
 * no mutant but a fault of the list, and so is one whose text does not occur exactly once.
 *
 * Prints a table and `N mutants, N killed, N survived`. Exit code 1 when one survived, 2 when the list is at fault, the tests of
 * the product as it stands do not pass, or the arguments are wrong.
 */
import Table from 'cli-table3';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkMutants } from './check-mutants.ts';
import { copyWorkspace } from './copy-workspace.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { runTests, type Bench } from './run-tests.ts';
import { tryMutant, type Fate } from './try-mutant.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const BASELINE_LIMIT_MS = 600_000;

const { only, jobs, limitMs } = readArguments();
const chosen = MUTANTS.filter(({ name, file, rule }) => [name, file, rule].some((text) => text.includes(only)));
if (chosen.length === 0) refuse([`no mutant's name, file or rule contains ${JSON.stringify(only)}`]);
const faults = checkMutants(MUTANTS, ROOT);
if (faults.length > 0) refuse(faults);

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(name)));
const folder = await mkdtemp(join(tmpdir(), 'bsm-')); // short: sockets of Redis live beneath it
try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function run(): Promise<number> {
  const startedMs = performance.now();
  const benches: Bench[] = [];
  for (let index = 0; index < Math.min(jobs, chosen.length); index += 1) benches.push(await openBench(`${index}`));
  const [first] = benches;
  if (first === undefined || !(await isSound(first))) return 2;

  const waiting = [...chosen];
  const fates: Fate[] = [];
  await Promise.all(
    benches.map(async (bench) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        fates.push(await attempt(next, bench));
    }),
  );
  return tell(fates, performance.now() - startedMs);
}

async function attempt(mutant: Mutant, bench: Bench): Promise<Fate> {
  const fate = await tryMutant(mutant, bench);
  const { result, seconds, where = '' } = fate;
  process.stderr.write(`${result.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  ${mutant.name}  ${where}\n`);
  return fate;
}

async function openBench(name: string): Promise<Bench> {
  const copy = join(folder, name);
  await copyWorkspace(ROOT, copy);
  const scratch = join(folder, `${name}t`);
  await mkdir(scratch);
  return { folder: copy, scratch, limitMs, signal: stop.signal };
}

/** Tests that fail anyway kill nothing. */
async function isSound(bench: Bench): Promise<boolean> {
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))].toSorted();
  const result = await runTests(files, { ...bench, limitMs: BASELINE_LIMIT_MS }, true);
  if (result.kind === 'passed') {
    process.stderr.write(`unmutated: ${result.tests} tests of ${files.length} files pass\n`);
    return true;
  }
  const what = result.kind === 'failed' ? `${result.title}\n${result.message}` : '';
  process.stderr.write(
    `the tests of the product as it stands: ${result.kind} ${'why' in result ? result.why : what}\n`,
  );
  return false;
}

function tell(fates: readonly Fate[], tookMs: number): number {
  const ordered = chosen.flatMap((mutant) => fates.find((fate) => fate.mutant === mutant) ?? []);
  const table = new Table({
    head: ['mutant', 'rule', 'killed by', 'seconds'],
    colWidths: [62, 14, 72, 9],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { mutant, result, by, seconds } of ordered) {
    const end = result === 'killed' ? by : `${result.toUpperCase()} ${by}`.trim();
    table.push([mutant.name, mutant.rule, end, seconds.toFixed(1)]);
  }
  const count = (result: Fate['result']): number => ordered.filter((fate) => fate.result === result).length;
  const broken = count('broken') === 0 ? '' : `, ${count('broken')} broken`;
  const summary = `${ordered.length} mutants, ${count('killed')} killed, ${count('survived')} survived${broken}`;
  process.stdout.write(`${table.toString()}\nin ${(tookMs / 1_000).toFixed(0)} s\n${summary}\n`);
  if (broken !== '') return 2;
  return count('survived') > 0 ? 1 : 0;
}

function readArguments(): { only: string; jobs: number; limitMs: number } {
  try {
    const options = { only: { type: 'string' }, jobs: { type: 'string' }, limit: { type: 'string' } } as const;
    const { values } = parseArgs({ options });
    const { only: text = '', jobs: count = `${availableParallelism()}`, limit: seconds = '120' } = values;
    const wrong = Object.entries({ jobs: count, limit: seconds }).filter(([, value]) => !/^[1-9]\d{0,3}$/.test(value));
    if (wrong.length > 0)
      refuse(wrong.map(([name, value]) => `--${name} must be a whole number from 1 on, not ${value}`));
    return { only: text, jobs: Number(count), limitMs: Number(seconds) * 1_000 };
  } catch (error) {
    return refuse([error instanceof Error ? error.message : 'bad arguments']);
  }
}

function refuse(what: readonly string[]): never {
  process.stderr.write(`${what.join('\n')}\n`);
  process.exit(2);
}
