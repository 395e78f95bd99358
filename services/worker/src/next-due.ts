import { NOT_DUE, type Decision, type Lane } from '@backstop/core';
import type { Carried, Facts } from '@backstop/desk';

/** After a request was acknowledged: when its effect is read back. */
const CONFIRM_MS = 250;
/** While another request of this monitor is under way: it mostly ends within a round trip, at the latest at its deadline. */
const UNSETTLED_MS = 500;
const SOONEST_MS = 20;

/**
 * When this lane has to be looked at again, ms from now; undefined = not at all until something wakes it. The decision's own
 * time is cut short by what became of its actions, by the budget, by requests whose outcome is still open, and by the end of its
 * rows: they are read anew then, so that no fill is older than a row may be when it is noticed.
 */
export function nextDueInMs(
  { nextCheckInMs }: Pick<Decision<Lane>, 'nextCheckInMs'>,
  { outcomes, budgetInMs }: Carried,
  {
    unsettledUntilMs,
    dirty,
    nowMs,
    rowsExpireAtMs,
  }: Pick<Facts, 'unsettledUntilMs' | 'dirty' | 'nowMs' | 'rowsExpireAtMs'>,
): number | undefined {
  const isHeld = dirty || unsettledUntilMs !== undefined;
  const unsentMs = isHeld ? UNSETTLED_MS : (budgetInMs ?? CONFIRM_MS);
  const afterMs = { done: CONFIRM_MS, 'id-ended': CONFIRM_MS, unsent: unsentMs, unknown: NOT_DUE, refused: NOT_DUE };
  const soonestMs = Math.min(
    nextCheckInMs === NOT_DUE ? NOT_DUE : Math.min(nextCheckInMs, rowsExpireAtMs - nowMs + 1),
    unsettledUntilMs === undefined ? NOT_DUE : Math.min(UNSETTLED_MS, unsettledUntilMs - nowMs + 1),
    ...outcomes.map(({ result }) => afterMs[result]),
  );
  return soonestMs === NOT_DUE ? undefined : Math.max(soonestMs, SOONEST_MS);
}
