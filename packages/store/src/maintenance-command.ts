/**
 * What the `maintenance` queue can be asked for. `persist`: bring everything into the archive now, reply when it is durable.
 * `known-plans`: which of these ids have ever been accepted; the reply is `KnownPlans`. `decision`: the record of this name; the
 * reply is `FoundDecision`. `refresh`: read these accounts from the exchange now; the reply says by account what came of it.
 * `balances`: read the equity of these accounts now; the reply is `FoundBalances`.
 */
export type MaintenanceCommand =
  | { readonly type: 'persist' }
  | { readonly type: 'known-plans'; readonly ids: readonly string[] }
  | { readonly type: 'decision'; readonly id: string }
  | { readonly type: 'refresh'; readonly accounts: readonly string[] }
  | { readonly type: 'balances'; readonly accounts: readonly string[] };

/** By account: its equity in USDT as plain text, or why it cannot be read. */
export type FoundBalances = Readonly<Record<string, { readonly equity: string } | { readonly problem: string }>>;

/** A decision as `toJson` text; null = the archive knows none of that name. */
export interface FoundDecision {
  readonly json: string | null;
}

/** Ids of plans that were accepted once. Those of closed ones are never to be accepted again. */
export interface KnownPlans {
  readonly active: readonly string[];
  readonly closed: readonly string[];
}

export const MAINTENANCE_QUEUE = 'maintenance';

/** Replies stay for a while, so that one who asks cannot miss them; a command never runs twice. */
export const MAINTENANCE_JOB_OPTIONS = {
  attempts: 1,
  removeOnComplete: { age: 60, count: 100 },
  removeOnFail: { age: 86_400, count: 100 },
} as const;
