import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';
import { runProgram } from './run-program.ts';
import { runTests, type Bench } from './run-tests.ts';

/** broken: it is no mutant, since it does not compile, does not load, or only makes a script fail. */
export interface Fate {
  readonly mutant: Mutant;
  readonly result: 'killed' | 'survived' | 'broken';
  /** The first failing test's title, or what is broken. */
  readonly by: string;
  /** The file of that test. */
  readonly where?: string;
  readonly seconds: number;
}

/** Lua that does not compile, or stops at an error of its own: the message names the script. */
const SCRIPT_ERROR = /user_script|Error compiling script/;
/** Tests that may wait for ever are quick where nothing is broken. */
const HANGING_LIMIT_MS = 20_000;

/** Makes one mutant of a copy, sees what its tests say, and puts the copy back. */
export async function tryMutant(mutant: Mutant, bench: Bench): Promise<Fate> {
  const startedMs = performance.now();
  const path = join(bench.folder, mutant.file);
  const source = await readFile(path, 'utf8');
  await writeFile(path, source.split(mutant.search).join(mutant.replace));
  try {
    const verdict = await verdictOn(mutant, bench);
    return { mutant, ...verdict, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    await writeFile(path, source);
  }
}

async function verdictOn(mutant: Mutant, bench: Bench): Promise<Pick<Fate, 'result' | 'by' | 'where'>> {
  const errors = await typeErrors(mutant, bench);
  if (errors !== '') return { result: 'broken', by: errors };

  const limitMs = mutant.mayHang === true ? Math.min(bench.limitMs, HANGING_LIMIT_MS) : bench.limitMs;
  const run = await runTests(mutant.tests, { ...bench, limitMs });
  switch (run.kind) {
    case 'passed':
      return { result: 'survived', by: '' };
    case 'failed': {
      const scriptError = run.message.split('\n').find((line) => SCRIPT_ERROR.test(line));
      if (scriptError !== undefined) return { result: 'broken', by: scriptError };
      return { result: 'killed', by: run.title, where: run.file };
    }
    case 'timed-out': {
      const seconds = limitMs / 1_000;
      return mutant.mayHang === true
        ? { result: 'killed', by: `its tests did not end in ${seconds} s, as told` }
        : { result: 'broken', by: `its tests did not end in ${seconds} s` };
    }
    case 'broken':
      return { result: 'broken', by: run.why };
    default:
      return run satisfies never;
  }
}

/** What the compiler says of the file that was changed and of all that it imports; a name that is not used any more is no error. */
async function typeErrors({ file }: Mutant, { folder, limitMs, signal }: Bench): Promise<string> {
  if (!file.endsWith('.ts')) return '';
  const project = 'tsconfig.mutant.json';
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: './tsconfig.json', include: [], files: [file], compilerOptions };
  await writeFile(join(folder, project), JSON.stringify(config));
  const args = [join(folder, 'node_modules/typescript/bin/tsc'), '-p', project];
  const { code, output } = await runProgram(args, { cwd: folder, env: process.env, limitMs, signal });
  return code === 0 ? '' : `it does not compile: ${output}`;
}
