import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runProgram } from './run-program.ts';

/** A folder to run tests in, and its bounds. */
export interface Bench {
  /** The project's copy. */
  readonly folder: string;
  /** Where its tests put what they write. */
  readonly scratch: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** failed: the first test that noticed. broken: a file did not load, or the runner did not get through, which says nothing. */
export type TestRun =
  | { readonly kind: 'passed'; readonly tests: number }
  | { readonly kind: 'failed'; readonly file: string; readonly title: string; readonly message: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'broken'; readonly why: string };

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Runs test files of a copy up to the first failure, or, with `toEnd`, all of them. */
export async function runTests(files: readonly string[], bench: Bench, toEnd = false): Promise<TestRun> {
  const { folder, scratch, limitMs, signal } = bench;
  const report = join(scratch, 'report.json');
  await rm(report, { force: true });
  const options = ['--reporter=json', `--outputFile=${report}`, ...(toEnd ? [] : ['--bail=1'])];
  const env = { ...process.env, TMPDIR: scratch, FORCE_COLOR: '0' };
  const args = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', ...files, ...options];
  const { isTimeUp, output } = await runProgram(args, { cwd: folder, env, limitMs, signal });
  signal.throwIfAborted();
  if (isTimeUp) return { kind: 'timed-out' };

  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { kind: 'broken', why: `the tests did not run: ${output}` };
  return judge(JSON.parse(text) as Report, files);
}

function judge({ testResults, numPassedTests }: Report, files: readonly string[]): TestRun {
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed === undefined) continue;
    const { title, failureMessages = [] } = failed;
    return { kind: 'failed', file: basename(name), title, message: failureMessages.join('\n') };
  }
  const unloaded = testResults.find(({ status }) => status === 'failed');
  if (unloaded !== undefined) return { kind: 'broken', why: `${unloaded.name}: ${unloaded.message}` };
  const missed = files.filter((file) => !testResults.some(({ name }) => name.endsWith(`/${file}`)));
  if (missed.length > 0) return { kind: 'broken', why: `not run: ${missed.join(', ')}` };
  return { kind: 'passed', tests: numPassedTests };
}
