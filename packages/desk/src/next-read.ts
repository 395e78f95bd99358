import { isOutrun, needsExecutions, type Memory, type Plan, type Snapshot } from '@backstop/core';
import { toSnapshot, type CheckRead, type Row } from '@backstop/store';

/** What has to be read from the exchange before a decision: one flight of a scope, or nothing. */
export type Scope = 'account' | 'symbol' | 'executions';

/** Where there are no rows: all of the account at once, or, where that does not bring them, the symbol alone. */
const WAYS_TO_ROWS = ['account', 'symbol'] as const;

/**
 * The next thing to read through, if any. `done` holds what this check has already read: nothing is read twice for one
 * decision, so a fact that stays odd (a position opened by hand) costs one call and not a loop. What the executions do not
 * explain (an order that vanished) makes the rows be read again, so that the next check believes it.
 */
export function nextRead(check: CheckRead, done: ReadonlySet<Scope>): Scope | undefined {
  const { plan } = check;
  const snapshot = toSnapshot(check);
  if (plan === undefined || snapshot === undefined) return WAYS_TO_ROWS.find((scope) => !done.has(scope));

  const reasons: readonly (readonly [Scope, () => boolean])[] = [
    ['symbol', () => isDirty(check)],
    ['symbol', () => isOvertaken(snapshot, plan) || isOlderThanPlan(snapshot, plan)],
    ['executions', () => isUnreplayed(check, plan) || needsExecutions(snapshot, plan, memoryOf(check))],
    ['symbol', () => done.has('executions') && needsExecutions(snapshot, plan, memoryOf(check))],
  ];
  return reasons.find(([scope, isNeeded]) => !done.has(scope) && isNeeded())?.[0];
}

/** Of rows that a stream vouches for, no price is newer: what it fills is told. Only the stop is not left to that (S-06). */
function isOvertaken(snapshot: Snapshot, plan: Plan): boolean {
  return isOutrun(snapshot.streamed === true ? { ...snapshot, ordersAtMs: Number.POSITIVE_INFINITY } : snapshot, plan);
}

/** Nothing of the plan is entered on rows that do not know what others did before it was accepted (S-20). */
function isOlderThanPlan({ streamed, executed, positionAtMs, ordersAtMs }: Snapshot, { createdAtMs }: Plan): boolean {
  return streamed !== true && executed.size === 0 && Math.min(positionAtMs, ordersAtMs) < createdAtMs;
}

/** A plan that came back from the archive knows nothing of what it executed, and flat rows do not tell (F-11). */
function isUnreplayed({ executionsSeq }: CheckRead, { restoreEpoch }: Plan): boolean {
  return restoreEpoch > 0 && executionsSeq < 0;
}

/** True when a row was read before the last write to it, or before a request of unknown outcome could land last (DESIGN 4). */
export function isDirty({ position, orders }: CheckRead): boolean {
  return position.kind !== 'row' || orders.kind !== 'row' || position.dirty || orders.dirty;
}

/**
 * What the lanes remember of their orders. Of one that is gone from rows of a live stream nothing is asked: had it executed, its
 * frame or the position's would have told.
 */
function memoryOf({ states, position, orders }: CheckRead): Memory {
  const [tpSl, limitOrder] = [states['tp-sl'].state, states['limit-order'].state];
  if (isVouched(position) && isVouched(orders)) return tpSl === undefined ? {} : { tpSl: { ...tpSl, placed: {} } };
  return { ...(tpSl && { tpSl }), ...(limitOrder && { limitOrder }) };
}

/** Whether a live stream keeps this row current. */
export function isVouched(row: Row<unknown>): boolean {
  return row.kind === 'row' && row.vouched;
}
