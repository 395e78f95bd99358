import type { Lane } from '@backstop/core';
import type { HappeningName } from './happenings.ts';
import type { StageName } from './stages.ts';

/** Where the plan stands, and what happens then. */
export interface Where {
  readonly stage: StageName;
  readonly happening: HappeningName;
}

/** Checks that run at once, and what happens among their steps: every order of these that the game allows is one way to play it. */
export interface Game extends Where {
  /** One job for each; two of one lane are as after a lock that was taken for lost. */
  readonly lanes: readonly [Lane] | readonly [Lane, Lane];
  /**
   * When a millisecond passes: never, so that no time tells what came first; whenever somebody else goes on, or what happens comes,
   * so that time always tells which of them was first; or before each step.
   */
  readonly passes: 'never' | 'each switch' | 'each step';
  /** How often at most somebody goes on in place of a job that is not over; absent = as often as there are steps. */
  readonly mostSwitches?: number;
  /** For each job: from which of its steps to which any order is played. Before and behind that the first one goes first. */
  readonly window?: readonly [Span, Span];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A job, by its place in `lanes`. */
export type Job = 0 | 1;

/** The next step of a job; or what happens, which it does once. */
export type Move = Job | 'happening';
