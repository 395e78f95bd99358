import { max } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { TpSlState } from './decision.ts';
import { executedBy, isOpening, isOwn } from './executed.ts';
import type { ExecutedSums } from './executed.ts';
import { isListedSince } from './is-listed-since.ts';
import { unexplainedQty } from './unexplained-qty.ts';
import type { View } from './view.ts';

/** Beside the second that listings may lag: executions are read a little before the rows that they are compared with. */
const ONE_MORE_LOOK_MS = 1_000;

/**
 * What others held in the plan's place before it, beyond what the executions explain: it is none of the plan's books, also when it
 * is closed later (S-19). A row and the executions are two instants, so that a fill which only one of them shows can be taken for
 * it, or hide it: where the mistake would matter, a quantity is believed once it has stayed.
 */
export function stoodBeforeNow(view: View): Pick<TpSlState, 'stoodBefore'> {
  const { snapshot, tpSl } = view;
  const unexplained = unexplainedQty(snapshot);
  const isBelieved = [...snapshot.executed.keys()].some(isOwn) ? isFound(unexplained, view) : isSeen(unexplained, view);
  const stoodBefore = max(unexplained, 0n);
  return isBelieved && stoodBefore !== (tpSl.stoodBefore ?? 0n) ? { stoodBefore } : {};
}

/** Before anything of ours has executed. While others hold more than before nothing is entered (S-20); with nothing there it may. */
function isSeen(unexplained: Decimal, view: View): boolean {
  const { snapshot, tpSl } = view;
  const isFlat = (snapshot.position?.size ?? 0n) === 0n;
  return isFlat || unexplained > (tpSl.stoodBefore ?? 0n) || hasStayed(unexplained, view);
}

/**
 * From our first execution on: what others took out since then, for it had to go before anything was entered, or what was seen to
 * stand there. At once only that it was a fill of ours which the row showed first: nobody took it out, and nothing is missing.
 */
function isFound(unexplained: Decimal, view: View): boolean {
  const { stoodBefore = 0n } = view.tpSl;
  const taken = takenByOthers(view.snapshot.executed);
  if (unexplained === 0n && stoodBefore > taken) return true;
  return unexplained >= 0n && unexplained <= max(stoodBefore, taken) && hasStayed(unexplained, view);
}

/** By orders of theirs, by their stop, or by force. */
function takenByOthers(executed: ExecutedSums): Decimal {
  return executedBy(executed, (by) => !isOpening(by) && !isOwn(by)).qty;
}

/** The same in looks so far apart, with nothing new in between, that no execution is left which they could not have shown. */
function hasStayed(qty: Decimal, { snapshot, tpSl: { unexplained }, fills }: View): boolean {
  if (unexplained === undefined || unexplained.qty !== qty || fills.size > 0) return false;
  return isListedSince(unexplained.sinceMs + ONE_MORE_LOOK_MS, snapshot);
}
