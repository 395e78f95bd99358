import { listProcesses } from '@backstop/store';
import type { ProcessSeen, Redis } from '@backstop/store';

/** Totals of the processes of a run. A process that was killed keeps what it had said: its successor starts from zero. */
export interface FleetTally {
  /** Listens once; the last words of each process count. */
  readonly look: (redis: Redis) => Promise<void>;
  readonly total: (counter: string) => number;
  /** Completed jobs by the name of the worker. */
  readonly jobsByWorker: () => Readonly<Record<string, number>>;
}

/** Counts the processes that were started at or after this moment (ms): others on the same Redis are not of this run. */
export function fleetTally(startedAfterMs: number): FleetTally {
  const seen = new Map<string, ProcessSeen>();
  const all = (): ProcessSeen[] => [...seen.values()];
  return {
    look: async (redis) => {
      for (const process of await listProcesses(redis)) {
        if (process.startedAtMs >= startedAfterMs) seen.set(`${process.name} ${process.pid}`, process);
      }
    },
    total: (counter) => all().reduce((sum, { counters }) => sum + (counters[counter] ?? 0), 0),
    jobsByWorker: () => {
      const byWorker: Record<string, number> = {};
      for (const { name, service, counters } of all()) {
        if (service === 'worker') byWorker[name] = (byWorker[name] ?? 0) + (counters['jobsCompleted'] ?? 0);
      }
      return byWorker;
    },
  };
}
