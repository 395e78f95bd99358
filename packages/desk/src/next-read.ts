import { isOutrun, needsExecutions, type Memory, type Plan } from '@backstop/core';
import { toSnapshot, type CheckRead } from '@backstop/store';

/** What has to be read from the exchange before a decision: one flight of a scope, or nothing. */
export type Scope = 'account' | 'symbol' | 'executions';

/**
 * The next thing to read through, if any. `done` holds what this check has already read: nothing is read twice for one
 * decision, so a fact that stays odd (a position opened by hand) costs one call and not a loop. What the executions do not
 * explain (an order that vanished) makes the rows be read again, so that the next check believes it.
 */
export function nextRead(check: CheckRead, done: ReadonlySet<Scope>): Scope | undefined {
  const { plan } = check;
  const snapshot = toSnapshot(check);
  if (plan === undefined || snapshot === undefined) return done.has('account') ? 'symbol' : 'account';

  const reasons: readonly (readonly [Scope, () => boolean])[] = [
    ['symbol', () => isDirty(check)],
    ['symbol', () => isOutrun(snapshot, plan)],
    ['executions', () => isUnreplayed(check, plan) || needsExecutions(snapshot, plan, memoryOf(check))],
    ['symbol', () => done.has('executions') && needsExecutions(snapshot, plan, memoryOf(check))],
  ];
  return reasons.find(([scope, isNeeded]) => !done.has(scope) && isNeeded())?.[0];
}

/** A plan that came back from the archive knows nothing of what it executed, and flat rows do not tell (F-11). */
function isUnreplayed({ executionsSeq }: CheckRead, { restoreEpoch }: Plan): boolean {
  return restoreEpoch > 0 && executionsSeq < 0;
}

/** True when a row was read before the last write to it, or before a request of unknown outcome could land last (DESIGN 4). */
export function isDirty({ position, orders }: CheckRead): boolean {
  return position.kind !== 'row' || orders.kind !== 'row' || position.dirty || orders.dirty;
}

function memoryOf({ states }: CheckRead): Memory {
  const [tpSl, limitOrder] = [states['tp-sl'].state, states['limit-order'].state];
  return { ...(tpSl && { tpSl }), ...(limitOrder && { limitOrder }) };
}
