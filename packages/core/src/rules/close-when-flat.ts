import { hasLateEntry } from '../has-late-entry.ts';
import type { Rule } from '../rule.ts';
import { withExit } from '../rule.ts';
import { reopened } from '../reopened.ts';

/**
 * Flat after open ends the plan (S-23): its entries and take-profits go. An entry that fills after flat opened a new
 * position epoch that nobody wants: it is left again (S-22), under its stop.
 */
export const closeWhenFlat: Rule = (draft, view) => {
  const { stage } = draft.tpSl;
  const isOver = stage === 'closing' || stage === 'closed';
  if (!isOver) return reopened(view) === 'by us' ? withExit(draft, 'entry-after-flat', view.nowMs) : draft;

  const closing = { ...draft, noEntries: 'flat', takeProfits: view.size === 0n ? new Map() : draft.takeProfits };
  return hasLateEntry(draft.tpSl, view) ? withExit(closing, 'entry-after-flat', view.nowMs) : closing;
};
