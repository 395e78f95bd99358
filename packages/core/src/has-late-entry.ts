import type { TpSlState } from './decision.ts';
import type { View } from './view.ts';

/**
 * Whether a position is open that an entry of ours opened, or added to, after the plan went flat (S-22). Judged by what came
 * in since then and not by what is new in this look: the fill may be told before its position is listed.
 */
export function hasLateEntry({ stage, flatEntered }: TpSlState, { size, entered }: View): boolean {
  return stage === 'closing' && size > 0n && flatEntered !== undefined && entered.qty > flatEntered;
}
