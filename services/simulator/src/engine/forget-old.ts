import { hasEnded } from './model.ts';
import type { Account } from './model.ts';
import type { Venue } from './venue.ts';

/** How often it is looked at, as a part of the age. */
const LOOKS_PER_AGE = 10;

/**
 * Under the option `forgetAfterMs` forgets orders that ended, executions, ledger entries and closed profits of that age, so
 * that a long run stays of one size. Orders that order/realtime still shows stay; the truth counts what it has lost.
 */
export function forgetOld(venue: Venue): void {
  const { forgetAfterMs } = venue.options;
  const { forgotten } = venue.truth;
  const nowMs = venue.nowMs();
  if (forgetAfterMs === 0 || nowMs < forgotten.nextLookMs) return;
  forgotten.nextLookMs = nowMs + forgetAfterMs / LOOKS_PER_AGE;
  const beforeMs = nowMs - forgetAfterMs;
  for (const account of venue.accounts.values()) {
    forgotten.orders += forgetOrders(account, beforeMs);
    forgotten.executions += dropOlder(account.executions, beforeMs);
    dropOlder(account.transactions, beforeMs);
  }
}

function forgetOrders(account: Account, beforeMs: number): number {
  const { orders, byLinkId, closedPnl, closedBuffer } = account;
  for (const { orderId, updatedAtMs } of closedPnl.values()) if (updatedAtMs < beforeMs) closedPnl.delete(orderId);
  const old = [...orders.values()].filter(
    (order) => order.updatedAtMs < beforeMs && hasEnded(order) && !closedBuffer.has(order.orderId),
  );
  for (const order of old) {
    orders.delete(order.orderId);
    if (byLinkId.get(order.orderLinkId) === order) byLinkId.delete(order.orderLinkId);
  }
  dropForgotten(account.orderIds, orders);
  dropForgotten(account.closedPnlIds, closedPnl);
  return old.length;
}

function dropForgotten(ids: string[], known: ReadonlyMap<string, unknown>): void {
  let kept = 0;
  for (const id of ids) if (known.has(id)) ids[kept++] = id;
  ids.length = kept;
}

/** Takes what is too old off the front, but never the last entry, whose number the next one goes on from. */
function dropOlder(entries: { readonly atMs: number }[], beforeMs: number): number {
  const firstKept = entries.findIndex(({ atMs }) => atMs >= beforeMs);
  return entries.splice(0, firstKept === -1 ? Math.max(0, entries.length - 1) : firstKept).length;
}
