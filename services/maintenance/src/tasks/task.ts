import type { Exchange } from '@backstop/core';
import type { AdoptionOf } from '@backstop/intake';
import type { FleetMetrics, Log, ServiceProcess } from '@backstop/runtime';
import type { Archive, OutboxEntry, Queues, Redis } from '@backstop/store';

export interface TaskDeps {
  readonly redis: Redis;
  readonly archive: Archive;
  readonly queues: Queues;
  readonly accounts: readonly string[];
  readonly exchangeOf: (account: string) => Exchange;
  /** Reads a whole account from the exchange now; resolves with what came of it, in words. */
  readonly refresh: (account: string, signal: AbortSignal) => Promise<string>;
  readonly adoptionOf: AdoptionOf;
  /** By account, when this process last asked for a reading because of positions without a plan, Redis time, ms. */
  readonly askedAtMs: Map<string, number>;
  readonly log: Log;
  readonly fleet: FleetMetrics;
  readonly count: ServiceProcess['count'];
  /** By bucket, the nonce of the outbox as this process last saw it. */
  readonly lives: Map<number, string>;
  /** ms since this was last asked under the same name; 0 the first time. */
  readonly since: (name: string) => number;
  /** Measures reactions to fills in what has been stored. */
  readonly followReactions: (entries: readonly OutboxEntry[]) => void;
}

/** A piece of clean-up or persistence that runs by itself, never twice at a time. */
export interface Task {
  readonly name: string;
  readonly everyMs: number;
  /** After a start it begins when every monitor has been checked: until then the stops have what there is of time and calls. */
  readonly afterFirstPass?: true;
  readonly run: (deps: TaskDeps, signal: AbortSignal) => Promise<void>;
}
