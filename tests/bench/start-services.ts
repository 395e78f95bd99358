import type { Fleet } from '../support/fleet.ts';

/** Which processes run beside one maintenance and one scheduler, and what is added to the environment of all. */
export interface Services {
  readonly workers: number;
  /** 0 where the exchange is only to be polled. */
  readonly streams: number;
  readonly env: NodeJS.ProcessEnv;
}

/** How many streams a benchmark starts: BENCH_STREAMS=0 has the exchange polled. */
export const STREAMS = Number(process.env['BENCH_STREAMS'] ?? 1);

/** Starts the processes of an installation at once; they end with the fleet. Returns how many they are. */
export function startServices(fleet: Fleet, { workers, streams, env }: Services): number {
  fleet.start('maintenance', 'maintenance', env);
  fleet.start('scheduler', 'scheduler', env);
  for (const name of names('stream', streams)) fleet.start('stream', name, env);
  for (const name of names('worker', workers)) fleet.start('worker', name, env);
  return 2 + streams + workers;
}

function names(service: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${service}-${index + 1}`);
}
