import { actionKey } from './action-key.ts';
import { nextCheckInMs, NOT_DUE } from './cadence.ts';
import { conditionsNow, limitOrderConditions, tpSlConditions } from './conditions.ts';
import type { Context } from './context.ts';
import type { Action, Attempts, Decision, LimitOrderState, TpSlState } from './decision.ts';
import { conditionEvents, tpSlEvents } from './events.ts';
import { isEntry, isTakeProfit } from './executed.ts';
import type { Snapshot } from './facts.ts';
import { goneMs } from './gone-ms.ts';
import { isSame } from './is-same.ts';
import { awaitsPrice, limitOrderActions, mayEnter } from './limit-order-actions.ts';
import { missingOrders } from './missing-orders.ts';
import type { Lane, Leg } from './model.ts';
import { draftOf } from './draft-of.ts';
import { placedNow } from './progress.ts';
import type { Draft } from './rule.ts';
import { heldStopMs } from './rules/external-stop.ts';
import { behindRowsMs } from './rules/take-profit-ladder.ts';
import { timeLimitMs } from './rules/time-limit.ts';
import { isStopInPlace, tpSlActions } from './tp-sl-actions.ts';
import { isStopFiring, viewOf } from './view.ts';
import { withChanges } from './with-changes.ts';
import type { View } from './view.ts';

/**
 * What a lane has to do for one plan, given a complete snapshot: pure and total. Deciding again on the facts that its own
 * actions produced gives no action, and the state that came in.
 */
export function decide<L extends Lane>(lane: L, snapshot: Snapshot, context: Context<L>): Decision<L> {
  return DECIDERS[lane](snapshot, context);
}

const DECIDERS: { readonly [L in Lane]: (snapshot: Snapshot, context: Context<L>) => Decision<L> } = {
  'tp-sl': decideTpSl,
  'limit-order': decideLimitOrder,
};

function decideTpSl(snapshot: Snapshot, context: Context<'tp-sl'>): Decision<'tp-sl'> {
  const { state: before } = context;
  const view = viewOf(snapshot, context, context.limitOrder);
  const draft = draftOf(view);
  const wanted = tpSlActions(draft, view);
  const attempts = stillRelevant(draft.tpSl.attempts, wanted, view);
  const actions = ready(wanted, attempts, view.nowMs);
  const { stop } = draft;
  const confirmed = stop !== undefined && isStopInPlace(stop, view) ? { confirmedStop: stop } : {};
  const details = tpSlConditions(draft, view, attempts, wanted);
  const conditions = conditionsNow(before.conditions, details, view.nowMs);
  const state: TpSlState = withChanges(draft.tpSl, { ...confirmed, attempts, conditions });
  const missing = missingOrders(state.placed, view, (leg) => isFateAwaited(leg, draft));

  return {
    actions,
    state: sameOr(before, state),
    events: tpSlEvents(before, state, view),
    nextCheckInMs:
      state.stage === 'closed'
        ? NOT_DUE
        : nextCheckInMs(view, {
            isConfirming: actions.length > 0 || missing.isConfirming || isLeaving(state, view),
            retryAtMs: heldBackUntil(wanted, attempts, view.nowMs),
            deadlinesMs: [...deadlinesOf(draft, view), ...missing.deadlinesMs],
            awaitsBooks: true,
          }),
  };
}

function decideLimitOrder(snapshot: Snapshot, context: Context<'limit-order'>): Decision<'limit-order'> {
  const { state: before } = context;
  const view = viewOf(snapshot, context, before);
  const draft = draftOf(view);
  const placed = placedNow(before.placed, view, isEntry);
  const { placed: _placed, ...rest } = before;
  const isNewlyEnded = Object.keys(draft.ended).length > Object.keys(before.ended).length;
  const counted: LimitOrderState = {
    ...rest,
    ended: draft.ended,
    ...(isNewlyEnded && { endedAtMs: view.nowMs }),
    ...(placed !== undefined && { placed }),
  };
  const wanted = limitOrderActions(draft, counted, view);
  const attempts = stillRelevant(before.attempts, wanted, view);
  const actions = ready(wanted, attempts, view.nowMs);
  const conditions = conditionsNow(before.conditions, limitOrderConditions(draft, attempts), view.nowMs);
  const state: LimitOrderState = { ...counted, attempts, conditions };

  const missing = missingOrders(placed, view, () => true);
  const urgency = {
    isConfirming: actions.length > 0 || missing.isConfirming || awaitsPrice(draft, view),
    retryAtMs: heldBackUntil(wanted, attempts, view.nowMs),
    deadlinesMs: [...entryDeadlines(draft, view), ...missing.deadlinesMs],
    awaitsBooks: draft.entries.size > 0,
  };
  return {
    actions,
    state: sameOr(before, state),
    events: conditionEvents('limit-order', before.conditions, conditions, view),
    nextCheckInMs: isDue(draft, state, view) ? nextCheckInMs(view, urgency) : NOT_DUE,
  };
}

/** The very state that came in, where nothing changed: then there is nothing to record. */
function sameOr<S>(before: S, after: S): S {
  return isSame(before, after) ? before : after;
}

/** Only wanted and working entries make the limit-order lane due. */
function isDue(draft: Draft, { placed }: LimitOrderState, { own, tpSl }: View): boolean {
  if (tpSl.stage === 'closed') return false;
  return draft.entries.size > 0 || placed !== undefined || own.some(({ leg }) => isEntry(leg));
}

function deadlinesOf(draft: Draft, view: View): readonly number[] {
  const { tpSl } = draft;
  return [...timeLimitMs(tpSl, view), ...heldStopMs(draft, view), ...behindRowsMs(draft, view), ...goneMs(tpSl, view)];
}

function entryDeadlines(draft: Draft, view: View): readonly number[] {
  if (!mayEnter(draft, view)) return [];
  const { marketEntryDeadlineMs, entriesExpireAtMs, entries } = view.plan;
  const hasMarket = entries.some(({ leg, type }) => type === 'Market' && draft.entries.has(leg));
  return [
    ...(hasMarket ? [marketEntryDeadlineMs] : []),
    ...(entriesExpireAtMs === undefined ? [] : [entriesExpireAtMs]),
  ];
}

/** The position must be left soon. */
function isLeaving({ exit, throughSinceMs }: TpSlState, view: View): boolean {
  return view.size > 0n && (exit !== undefined || throughSinceMs !== undefined || isStopFiring(view));
}

/**
 * Whether this lane has something to do once it knows what became of a missing order (F-25): end the plan, or place a take-profit
 * anew. Entries are placed by the other lane; while the ladder is not known any order counts.
 */
function isFateAwaited(leg: Leg, { tpSl: { stage }, takeProfits }: Draft): boolean {
  if (stage !== 'open' && stage !== 'scaled-out') return true;
  if (takeProfits === undefined || leg === 'x') return true;
  return isTakeProfit(leg) && (takeProfits.get(leg) ?? 0n) > 0n;
}

function ready(
  wanted: readonly Action[],
  attempts: Readonly<Record<string, Attempts>>,
  nowMs: number,
): readonly Action[] {
  return wanted.filter((action) => (attempts[actionKey(action)]?.nextAtMs ?? 0) <= nowMs);
}

function heldBackUntil(
  wanted: readonly Action[],
  attempts: Readonly<Record<string, Attempts>>,
  nowMs: number,
): readonly number[] {
  return wanted.map((action) => attempts[actionKey(action)]?.nextAtMs ?? 0).filter((atMs) => atMs > nowMs);
}

/**
 * Attempts are forgotten when their difference is gone, except the two refusals that change what is wanted: an exit without
 * capacity (S-14) and an entry whose attached stop is fixed (S-02), and a stop level that is on the wrong side (S-09).
 */
function stillRelevant(
  attempts: Readonly<Record<string, Attempts>>,
  wanted: readonly Action[],
  view: View,
): Readonly<Record<string, Attempts>> {
  const counted = Object.entries(attempts);
  if (counted.length === 0) return attempts;
  const keys = new Set(wanted.map(actionKey));
  const kept = counted.filter(([key, attempt]) => keys.has(key) || isRemembered(key, attempt, view));
  return kept.length === counted.length ? attempts : Object.fromEntries(kept);
}

function isRemembered(key: string, { reason, nextAtMs }: Attempts, { size, own, nowMs }: View): boolean {
  const [type, leg] = key.split(':');
  if (type === 'create' && leg === 'x') return size > 0n;
  if (type === 'amend' && reason === 'partly-filled') return own.some((order) => order.leg === leg);
  return type === 'set-stop' && reason === 'through-market' && nextAtMs > nowMs;
}
