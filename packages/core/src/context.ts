import type { LaneStates, LimitOrderState, TpSlState } from './decision.ts';
import type { Decimal } from './decimal.ts';
import type { Lane, Plan } from './model.ts';

/** Everything beside the facts that a decision depends on. `nowMs` is Redis time. */
export interface Context<L extends Lane> {
  readonly plan: Plan;
  readonly state: LaneStates[L];
  /** The tp-sl lane's state, read by both lanes. */
  readonly tpSl: TpSlState;
  /** The limit-order lane's state. Without it a plan that was never entered does not close by itself. */
  readonly limitOrder?: LimitOrderState;
  readonly installation: string;
  readonly nowMs: number;
  /** Least notional of a take-profit order; 0 by default, since reduce-only orders are very likely exempt (S-16). */
  readonly exitMinNotional?: Decimal;
}
