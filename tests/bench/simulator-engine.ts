import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const PROGRAM = new URL('../../services/simulator/bench/engine-rate.ts', import.meta.url).pathname;

/** What the engine's own program prints: counts over the seconds that it measured. */
export interface EngineFigures {
  readonly commands: number;
  readonly refused: number;
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly byKind: Readonly<Record<string, { count: number; microseconds: number }>>;
}

/** The pure engine in a process of its own, in virtual time, without transports. */
export async function measureEngine(): Promise<EngineFigures> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM]);
  return JSON.parse(stdout) as EngineFigures;
}
