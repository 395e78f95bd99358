import type { Action, ActionOutcome } from '@backstop/core';
import type { DeskDeps } from './desk.ts';
import type { Check } from './reading.ts';
import { onLane } from './request-lane.ts';

const WORKING = new Set(['New', 'PartiallyFilled', 'Untriggered', 'Triggered']);

/**
 * 110072 says that our create arrived before (S-25, F-23): the order is looked up and adopted where it works; where it ended,
 * its id is used up; where neither list shows it yet, the outcome stays unknown and the next check asks again.
 */
export async function settleDuplicate(
  check: Check,
  action: Action & { readonly type: 'create' },
  deps: DeskDeps,
): Promise<ActionOutcome> {
  const { symbol, orderLinkId } = action.order;
  try {
    const order = await onLane({ lane: action.budget, prepaid: false, maxWaitMs: 500 }, () =>
      deps.exchangeOf(check.ref.account).findOrder({ symbol, orderLinkId }, check),
    );
    if (order === undefined) return { action, result: 'unknown' };
    return WORKING.has(order.status)
      ? { action, result: 'done' }
      : { action, result: 'id-ended', status: order.status };
  } catch {
    return { action, result: 'unknown' };
  }
}
