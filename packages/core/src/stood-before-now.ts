import type { TpSlState } from './decision.ts';
import { isOwn, netQty } from './executed.ts';
import type { View } from './view.ts';

/**
 * What others hold in the plan's place before anything of ours has executed, beyond what the executions explain: it is none of the
 * plan's books, also when it is closed later (S-19). Looked at anew until our first execution; where the books are closed
 * without it, it was an execution of ours that was listed late.
 */
export function stoodBeforeNow({ snapshot, tpSl }: View): Pick<TpSlState, 'stoodBefore'> {
  const { position, executed } = snapshot;
  const unexplained = (position?.size ?? 0n) - netQty(executed);
  const { stoodBefore = 0n } = tpSl;
  if ([...executed.keys()].some(isOwn)) return stoodBefore > 0n && unexplained === 0n ? { stoodBefore: 0n } : {};
  if (unexplained > 0n) return { stoodBefore: unexplained };
  return stoodBefore > 0n ? { stoodBefore: 0n } : {};
}
