import type { Lane, LaneStates, Plan, Snapshot } from '@backstop/core';
import type { Intent, MonitorRef, RowVersion } from '@backstop/store';
import type { Scope } from './next-read.ts';

/** One check's claim on a monitor's lane: `token` is the job's BullMQ token and becomes the lane's fence (S-33). */
export interface Check {
  readonly ref: MonitorRef;
  readonly lane: Lane;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** The facts that one decision stands on, and the versions that its result is recorded against. */
export interface Facts {
  readonly kind: 'facts';
  readonly plan: Plan;
  readonly states: LaneStates;
  readonly versions: Readonly<Record<Lane, number>>;
  readonly snapshot: Snapshot;
  /** Which reads its rows came from. */
  readonly rows: Readonly<Record<'position' | 'orders', RowVersion>>;
  readonly nowMs: number;
  /** When the first of the rows may be too old to decide on, should its stream be lost now, Redis time. */
  readonly rowsExpireAtMs: number;
  /** Until when another job's request may still land: only absolute actions until then (S-13, S-29); undefined = settled. */
  readonly unsettledUntilMs: number | undefined;
  /** Intents whose deadline has passed and that these facts were read after: what they came to can be seen. */
  readonly settledIntents: readonly Intent[];
  /** The account's write epoch at this read. */
  readonly epoch: number;
  /** Some row is still older than the last write to it: only absolute actions may go (S-13). */
  readonly dirty: boolean;
}

/** What a read came to. Only `facts` may be decided on: unknown is never empty. */
export type Reading =
  | Facts
  /**
   * Another process reads what is missing, and this check is entered as a waiter; or a frame brings it. It will be woken, and is
   * due anyway should that fail.
   */
  | { readonly kind: 'waiting'; readonly scope: Scope }
  /** The facts cannot be had now; come back then. */
  | { readonly kind: 'unknown'; readonly why: string; readonly retryInMs: number }
  /** There is no such monitor any more. */
  | { readonly kind: 'gone' };
