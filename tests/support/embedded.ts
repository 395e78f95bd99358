import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = new URL('../../services/cli/src/main.ts', import.meta.url).pathname;

export interface Embedded extends AsyncDisposable {
  readonly redisUrl: string;
  /** Base URL of the simulator. */
  readonly exchangeUrl: string;
  readonly accountsFile: string;
  readonly logDir: string;
  readonly process: ChildProcess;
  /** Every line that `up` has printed. */
  readonly lines: readonly string[];
  /** Resolves with the first line that matches, past or future; rejects when `up` ends before. */
  readonly line: (pattern: RegExp) => Promise<string>;
  /** Resolves after a moment, or at once when `up` has ended: for looking again and again. */
  readonly tick: () => Promise<unknown>;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

/** Starts `backstop up` with these flags, in a state folder and with a run file of its own; disposing stops it with SIGINT. */
export async function startEmbedded(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Embedded> {
  const folder = await mkdtemp(join(tmpdir(), 'backstop-'));
  const runFile = join(folder, 'run.json');
  const child = spawn(process.execPath, [MAIN, 'up', '--state', join(folder, 'state'), ...flags], {
    env: { ...process.env, ...env, BACKSTOP_RUN_FILE: runFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });

  const line = (pattern: RegExp): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (): void => {
      const found = lines.find((text) => pattern.test(text));
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
    exited.then(
      (code) => reject(new Error(`up ended with ${code} before it said ${String(pattern)}:\n${lines.join('\n')}`)),
      reject,
    );
    return promise;
  };

  const exchange = await line(/^exchange +http/);
  const run = JSON.parse(await readFile(runFile, 'utf8')) as { redisUrl: string; stateDir: string };
  return {
    redisUrl: run.redisUrl,
    exchangeUrl: /http:\/\/\S+/.exec(exchange)?.[0] ?? '',
    accountsFile: join(run.stateDir, 'accounts.json'),
    logDir: join(run.stateDir, 'logs'),
    process: child,
    lines,
    line,
    tick: () => Promise.race([exited, pause(250)]),
    exited,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) child.kill('SIGINT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
