import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  /** undefined = it was ended from outside. */
  readonly code: number | undefined;
  readonly isTimeUp: boolean;
  /** The last of what it printed. */
  readonly output: string;
}

const OUTPUT_KEPT = 4_000;

/** Runs a program of node in a folder, and ends it with all that it started when its time is up or `signal` aborts. */
export async function runProgram(
  args: readonly string[],
  { cwd, env, limitMs, signal }: { cwd: string; env: NodeJS.ProcessEnv; limitMs: number; signal: AbortSignal },
): Promise<Ended> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = `${output}${chunk.toString()}`.slice(-OUTPUT_KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  let isTimeUp = false;
  const end = (): void => killGroup(child.pid);
  const timer = setTimeout(() => {
    isTimeUp = true;
    end();
  }, limitMs);
  signal.addEventListener('abort', end);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
  return { code: code ?? undefined, isTimeUp, output };
}

/** The group is the child's own: it was started detached. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended in between
  }
}
