import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const identity = z.object({ pid: z.number().int().positive(), startedAt: z.string() });

const runSchema = z.object({
  /** The `up` that runs, and who started it. */
  owner: identity,
  parent: identity.optional(),
  venue: z.string(),
  redisUrl: z.string(),
  stateDir: z.string(),
  /** The state folder is deleted with the run. */
  ephemeral: z.boolean(),
  children: z.array(identity),
});

/** What `up` leaves for the other verbs, and for the next `up` in case it dies. */
export type Run = z.output<typeof runSchema>;

/** BACKSTOP_RUN_FILE, else in the folder of the user's run time, else in the home folder: one run per user at a time. */
export function runFilePath(env: NodeJS.ProcessEnv): string {
  const given = env['BACKSTOP_RUN_FILE'];
  if (given !== undefined && given !== '') return given;
  const runtime = env['XDG_RUNTIME_DIR'];
  return runtime === undefined || runtime === ''
    ? path.join(env['HOME'] ?? homedir(), '.backstop', 'run.json')
    : path.join(runtime, 'backstop', 'run.json');
}

/** undefined = there is none, or it is none of ours. */
export async function readRun(file: string): Promise<Run | undefined> {
  const text = await readFile(file, 'utf8').catch(() => 'null');
  const result = runSchema.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

/** Replaces the file in one step, so that no reader and no writer sees half of it. */
export function writeRun(file: string, run: Run): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(run, null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export async function removeRun(file: string): Promise<void> {
  await rm(file, { force: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
