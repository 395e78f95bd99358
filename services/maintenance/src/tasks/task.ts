import type { Exchange } from '@backstop/core';
import type { FleetMetrics, Log, ServiceProcess } from '@backstop/runtime';
import type { Archive, Queues, Redis } from '@backstop/store';

export interface TaskDeps {
  readonly redis: Redis;
  readonly archive: Archive;
  readonly queues: Queues;
  readonly accounts: readonly string[];
  readonly exchangeOf: (account: string) => Exchange;
  readonly log: Log;
  readonly fleet: FleetMetrics;
  readonly count: ServiceProcess['count'];
  /** ms since this was last asked under the same name; 0 the first time. */
  readonly since: (name: string) => number;
}

/** A piece of clean-up or persistence that runs by itself, never twice at a time. */
export interface Task {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (deps: TaskDeps, signal: AbortSignal) => Promise<void>;
}
