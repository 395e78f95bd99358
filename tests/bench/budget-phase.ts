import type { BudgetLane } from '@backstop/core';

/** What the processes of `bench budget` do for a while, each its part of it. */
export interface BudgetPhase {
  /** Without the limiter when false: every call departs at once. */
  readonly limited: boolean;
  readonly lengthMs: number;
  /** What comes before this counts for nothing. */
  readonly warmMs: number;
  readonly seed: number;
  /** Protective calls that this process offers; 0 = none. */
  readonly perSecond: number;
  /** Lanes that this process keeps full: so many calls of each are always under way or waiting. */
  readonly full: Partial<Record<BudgetLane, number>>;
}

/** How long the calls of a lane waited, ms, from the moment they were wanted to the last one before their signature. */
export interface LaneWaits {
  /** Also of those that gave up. */
  readonly waitsMs: readonly number[];
  /** Gave up after 2 s, or were refused what they asked for. */
  readonly unsent: number;
}

export interface ProcessResult {
  readonly lanes: Readonly<Record<BudgetLane, LaneWaits>>;
}

export interface ProcessPlace {
  readonly redisUrl: string;
  readonly exchangeUrl: string;
  readonly accountsFile: string;
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
}
