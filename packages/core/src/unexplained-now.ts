import type { TpSlState } from './decision.ts';
import { unexplainedQty } from './unexplained-qty.ts';
import type { View } from './view.ts';

/** What the executions do not explain, while that is something: with anything new among them its time begins anew (S-19). */
export function unexplainedNow({ snapshot, tpSl, fills, nowMs, hasClosedBooks }: View): Pick<TpSlState, 'unexplained'> {
  if (hasClosedBooks) return {};
  const qty = unexplainedQty(snapshot);
  const { unexplained } = tpSl;
  return { unexplained: unexplained?.qty === qty && fills.size === 0 ? unexplained : { qty, sinceMs: nowMs } };
}
