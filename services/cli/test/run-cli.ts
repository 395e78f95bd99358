import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;

export interface CliResult {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
  /** What it left in its folder for temporary files and for its run file, which are its own here. */
  readonly left: readonly string[];
}

/** Runs the real command line in a folder of its own, to its end. */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
  const dir = await mkdtemp(path.join(tmpdir(), 'cli-test-'));
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], HOME: dir, TMPDIR: dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [code]: unknown[] = await once(child, 'close');
  const left = await readdir(dir);
  await rm(dir, { recursive: true, force: true });
  return { code, stdout, stderr, left };
}
