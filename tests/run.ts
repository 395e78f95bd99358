/**
 * `pnpm test`: everything that can run on this machine, stage by stage, each one even when an earlier one failed. The last line
 * is `N passed, N failed`; what could not run is said and counted as skipped.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureRedisProgram, openLog } from '@backstop/runtime';
import { whyNoEngine } from './containers/engine.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** A vitest project: its tests are counted one by one. */
  readonly project?: boolean;
  /** Writes `{passed, failed}` to the file of its --report. */
  readonly counts?: boolean;
}

const CHECKS: readonly Stage[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'boundaries', command: ['turbo', 'boundaries'] },
  { name: 'unused code', command: ['knip'] },
];

const PROJECTS: readonly Stage[] = ['unit', 'simulator', 'integration', 'e2e', 'containers'].map((name) => ({
  name,
  command: ['vitest', 'run', '--project', name],
  project: true,
}));

/** Seeded days, three of each fault, two of them with private streams: each counts as one test, and so does what each control shows. */
const FAULTS: Stage = {
  name: 'faults',
  command: ['node', 'tests/faults/main.ts', '--seeds', '177', '--redis', '20', '--controls'],
  counts: true,
};

await needRedis();
const only = process.argv.slice(2);
const stages = [...CHECKS, ...PROJECTS, FAULTS].filter(({ name }) => only.length === 0 || only.includes(name));
const folder = await mkdtemp(join(tmpdir(), 'backstop-test-'));
const lines: string[] = [];
let total: Tally = { passed: 0, failed: 0, skipped: 0 };

for (const stage of stages) {
  const startedMs = performance.now();
  process.stdout.write(`\n--- ${stage.name}\n`);
  const tally = await runStage(stage);
  total = add(total, tally);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  lines.push(`${stage.name.padEnd(12)} ${describe(tally).padEnd(40)} ${seconds.padStart(6)} s`);
}
await rm(folder, { recursive: true, force: true });
const noEngine = await whyNoEngine();
if (total.skipped > 0 && noEngine !== '')
  lines.push(`skipped: ${noEngine}, so the image and docker-compose.yml were not tried`);
process.stdout.write(`\n${lines.join('\n')}\n${describe(total)}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Tests start servers of their own: the program is installed where that can be done, and its absence is said. */
async function needRedis(): Promise<void> {
  const log = openLog({ service: 'test', to: 'stderr' });
  if (process.env['TEST_REDIS_URL'] !== undefined || (await ensureRedisProgram({ log })) !== undefined) return;
  process.stderr.write('no redis-server here: install it, or name a running one in TEST_REDIS_URL\n');
}

function runStage(stage: Stage): Promise<Tally> {
  if (stage.counts === true) return runCounting(stage);
  return stage.project === true ? runProject(stage) : runCheck(stage);
}

async function runCounting({ name, command }: Stage): Promise<Tally> {
  const file = join(folder, `${name}.json`);
  const code = await run([...command, '--report', file]);
  const { passed = 0, failed = 0 } = await readNumbers(file);
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1), skipped: 0 };
}

async function runCheck({ command }: Stage): Promise<Tally> {
  const code = await run(command);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function runProject({ name, command }: Stage): Promise<Tally> {
  const file = join(folder, `${name}.json`);
  const code = await run([...command, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const result = await readNumbers(file);
  const failed = result['numFailedTests'] ?? 0;
  return {
    passed: result['numPassedTests'] ?? 0,
    failed: code === 0 ? failed : Math.max(failed, 1), // a file that does not load fails no test of its own
    skipped: (result['numPendingTests'] ?? 0) + (result['numTodoTests'] ?? 0),
  };
}

/** What a stage wrote; nothing where it ended before it could. */
function readNumbers(file: string): Promise<Record<string, number>> {
  return readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Record<string, number>,
    (): Record<string, number> => ({}),
  );
}

async function run([program = '', ...args]: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function describe({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
