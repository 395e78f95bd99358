import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { lastLines } from './last-lines.ts';
import { pollUntil } from './poll-until.ts';
import { RunError } from './run-error.ts';
import { simulatorClient } from './simulator-client.ts';
import type { SimulatorClient } from './simulator-client.ts';
import { supervise } from './supervise.ts';
import type { Child, ChildWatcher } from './supervise.ts';

export interface SimulatorStart {
  readonly latencyMs: number;
  readonly seed: number;
  readonly logDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const PROGRAM = new URL('../../../simulator/src/main.ts', import.meta.url).pathname;
const START_MS = 15_000;

/** Starts the simulated exchange on a free port and resolves when it says its address. It holds what is true, so it is never restarted. */
export async function startSimulator(
  { latencyMs, seed, logDir, env, signal }: SimulatorStart,
  watcher: ChildWatcher,
): Promise<{ child: Child; client: SimulatorClient }> {
  const logFile = path.join(logDir, 'simulator.log');
  const args = ['--port', '0', '--latency', String(latencyMs), '--seed', String(seed)];
  const child = await supervise({ name: 'simulator', program: PROGRAM, args, env, logFile, restart: false }, watcher);
  const url = await pollUntil(() => urlIn(logFile), { everyMs: 30, limitMs: START_MS, signal });
  if (url !== undefined) return { child, client: simulatorClient(url) };

  await child.stop(1_000);
  signal.throwIfAborted();
  throw new RunError(`the simulator did not start:\n${await lastLines(logFile)}`);
}

async function urlIn(logFile: string): Promise<string | undefined> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return /(https?:\/\/[^\s"/]+)\/?\s/.exec(text)?.[1];
}
