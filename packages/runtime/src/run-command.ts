import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';

export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** The end of what it said on stderr, or why it could not be run. */
  readonly problem: string;
}

/** Runs a program to its end without a shell; a failure is a result, not an exception. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; timeoutMs: number },
): Promise<CommandResult> {
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  execFile(
    program,
    [...args],
    { env: options.env ?? process.env, timeout: options.timeoutMs, encoding: 'utf8' },
    (error, stdout, stderr) => {
      const problem = error === null ? '' : stderr.trim().split('\n').slice(-2).join(' ') || error.message;
      resolve({ ok: error === null, stdout, problem });
    },
  );
  return promise;
}

/** Where the PATH has a program; undefined = nowhere. */
export async function commandPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(path.delimiter).filter((part) => part !== '')) {
    const file = path.join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}
