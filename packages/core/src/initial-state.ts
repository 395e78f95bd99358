import type { LaneStates } from './decision.ts';
import type { Lane } from './model.ts';

const INITIAL: LaneStates = {
  'tp-sl': { stage: 'waiting', filledTakeProfits: [], seen: {}, generations: {}, attempts: {}, conditions: {} },
  'limit-order': { ended: {}, generations: {}, attempts: {}, conditions: {} },
};

/** The state of a lane of a plan that nothing has happened to. */
export function initialState<L extends Lane>(lane: L): LaneStates[L] {
  return INITIAL[lane];
}
