import type { LimitOrderState, TpSlState } from './decision.ts';
import { draftOf } from './draft-of.ts';
import type { Snapshot } from './facts.ts';
import { initialState } from './initial-state.ts';
import type { Plan } from './model.ts';
import { protection } from './protection.ts';
import { viewOf } from './view.ts';

/** What a monitor remembers; a lane without a state has done nothing yet. `nowMs` is Redis time. */
export interface Memories {
  readonly tpSl: TpSlState | undefined;
  readonly limitOrder: LimitOrderState | undefined;
  readonly nowMs: number;
}

/**
 * Whether the position is covered by the stop that is wanted now (S-05): the plan's, or what breakeven, a step, a time limit or the
 * operator has put in its place. A stop that has not been moved yet is looser than that: the position is not covered.
 */
export function protectionNow(
  snapshot: Snapshot,
  plan: Plan,
  { tpSl = initialState('tp-sl'), limitOrder = initialState('limit-order'), nowMs }: Memories,
): ReturnType<typeof protection> {
  const context = { plan, state: tpSl, tpSl, limitOrder, installation: NOBODY, nowMs };
  return protection(snapshot, plan, draftOf(viewOf(snapshot, context, limitOrder)).stop);
}

/** Whose orders are ours has no part in where the stop is wanted. */
const NOBODY = '';
