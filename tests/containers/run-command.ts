import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export const ROOT = new URL('../../', import.meta.url).pathname;

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Resolve with what it wrote to stderr too. */
  readonly withErrors?: boolean;
}

/** Runs a program in the project's root and resolves with what it wrote to stdout. Rejects with the end of what it wrote. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { env = process.env, timeoutMs = 120_000, withErrors = false }: CommandOptions = {},
): Promise<string> {
  try {
    const options = { cwd: ROOT, env, timeout: timeoutMs, maxBuffer: 64_000_000 };
    const { stdout, stderr } = await execute(program, [...args], options);
    return withErrors ? `${stdout}${stderr}` : stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-30).join('\n');
    throw new Error(`${program} ${args.join(' ')} failed:\n${said}`, { cause: error });
  }
}
