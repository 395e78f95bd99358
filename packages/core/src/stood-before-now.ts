import type { TpSlState } from './decision.ts';
import { netQty } from './executed.ts';
import type { View } from './view.ts';

/**
 * Flat, and nothing entered: what the executions took out beyond what they brought in was held by others before the plan, and
 * is none of its books (S-19).
 */
export function stoodBeforeNow({ snapshot, entered }: View): Pick<TpSlState, 'stoodBefore'> {
  const missing = -netQty(snapshot.executed);
  const isFlat = snapshot.position === undefined || snapshot.position.size === 0n;
  return isFlat && entered.qty === 0n && missing > 0n ? { stoodBefore: missing } : {};
}
