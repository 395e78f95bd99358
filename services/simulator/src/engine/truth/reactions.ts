import type { Order } from '../model.ts';
import type { ReactionKind } from './truth.ts';
import type { Venue } from '../venue.ts';

/** A fill that nobody acted on for this long asked for no reaction. */
const LIMIT_MS = 60_000;

/** Starts the clock for a fill that its owner did not cause just now. Fills before one reaction count from the first. */
export function awaitReaction(venue: Venue, order: Order, isReducing: boolean): void {
  const key = `${order.account}:${order.symbol}`;
  const pending = venue.truth.pendingReactions.get(key);
  const filledAtMs = venue.nowMs();
  if (pending !== undefined && filledAtMs - pending.filledAtMs <= LIMIT_MS) return;
  venue.truth.pendingReactions.set(key, { kind: kindOf(order, isReducing), filledAtMs });
}

/** Notes that a frame has told of executions of this account and symbol; the first one after a fill counts. */
export function noteTold(venue: Venue, account: string, symbol: string, toldAtMs: number): void {
  const key = `${account}:${symbol}`;
  const pending = venue.truth.pendingReactions.get(key);
  if (pending === undefined || pending.toldAtMs !== undefined) return;
  venue.truth.pendingReactions.set(key, { ...pending, toldAtMs });
}

/** Stops the clock: a mutating request for this account and symbol has arrived. */
export function noteReaction(venue: Venue, account: string, symbol: string): void {
  const key = `${account}:${symbol}`;
  const pending = venue.truth.pendingReactions.get(key);
  if (pending === undefined) return;
  venue.truth.pendingReactions.delete(key);
  const reactedAtMs = venue.nowMs();
  const ms = reactedAtMs - pending.filledAtMs;
  if (ms <= LIMIT_MS) venue.truth.reactions.push({ account, symbol, ...pending, reactedAtMs, ms });
}

function kindOf(order: Order, isReducing: boolean): ReactionKind {
  if (order.stopOrderType !== '' && order.stopOrderType !== 'Stop') return 'stop-fill';
  return isReducing ? 'reduce-fill' : 'entry-fill';
}
