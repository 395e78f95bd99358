import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, endProcess, isRunning, parseIdentity } from '@backstop/runtime';
import type { ProcessIdentity } from '@backstop/runtime';
import { readFile } from 'node:fs/promises';
import { readRun, removeRun } from '../run-file.ts';
import type { Run } from '../run-file.ts';

const GRACE_MS = 4_000;

/**
 * Ends what an earlier run left behind: processes that are beyond doubt those it started, its Redis last, then its state
 * folder. A run that is still alive is no leftover: ConfigError. One whose starter is gone is, as long as its exchange is simulated.
 */
export async function endLeftover(runFile: string, print: (text: string) => void): Promise<void> {
  const run = await readRun(runFile);
  if (run === undefined) return;
  if (isAlive(run)) {
    throw new ConfigError(
      `Backstop is already running (process ${run.owner.pid}): stop it first, or set BACKSTOP_RUN_FILE to run another one beside it`,
      [],
    );
  }
  const left = [run.owner, ...run.children].filter(isRunning);
  if (left.length > 0) print(`ending ${left.length} processes of an earlier run`);
  await Promise.all(left.map((process) => endProcess(process, GRACE_MS)));
  const redis = await redisOf(run);
  if (redis !== undefined) await endProcess(redis, GRACE_MS);
  if (run.ephemeral && path.basename(run.stateDir).startsWith('backstop-')) {
    await rm(run.stateDir, { recursive: true, force: true });
  }
  await removeRun(runFile);
}

function isAlive({ owner, parent, venue }: Run): boolean {
  if (!isRunning(owner)) return false;
  return venue !== 'simulator' || parent === undefined || isRunning(parent);
}

async function redisOf({ stateDir }: Run): Promise<ProcessIdentity | undefined> {
  return parseIdentity(await readFile(path.join(stateDir, 'redis', 'redis.pid.json'), 'utf8').catch(() => ''));
}
