import type { TpSlState } from './decision.ts';

/** Whether a position is open that is neither being left nor over: what may be tightened, trailed and respected. */
export function isManaged({ stage, exit }: Pick<TpSlState, 'stage' | 'exit'>): boolean {
  return exit === undefined && (stage === 'open' || stage === 'scaled-out');
}

/**
 * Whether it is the position that the plan was made for: its rules move the stop, also while it is being left. After flat another
 * one stands under the stop that its entry brought (S-22).
 */
export function isPlanned({ stage, exit }: Pick<TpSlState, 'stage' | 'exit'>): boolean {
  return exit?.reason !== 'entry-after-flat' && (stage === 'open' || stage === 'scaled-out');
}
