import type { Decimal } from './decimal.ts';
import type { Placed, TpSlState } from './decision.ts';
import { isEntry, isOpening, isTakeProfit, NOTHING } from './executed.ts';
import type { ExecutedBy, Snapshot } from './facts.ts';
import { filledTakeProfits } from './filled-take-profits.ts';
import { hasLateEntry } from './has-late-entry.ts';
import { isLeg } from './is-leg.ts';
import { isSame } from './is-same.ts';
import { isListedSince } from './is-listed-since.ts';
import type { Leg } from './model.ts';
import { externalPolicy, withReassertion } from './reassertions.ts';
import { reopened } from './reopened.ts';
import { FILLED } from './rules/entry.ts';
import { NEXT_STAGE } from './stage.ts';
import type { Evidence } from './stage.ts';
import { stoodBeforeNow } from './stood-before-now.ts';
import { unexplainedNow } from './unexplained-now.ts';
import { withChanges } from './with-changes.ts';
import { withoutPosition } from './without-position.ts';
import { vanishedByHand } from './vanished-by-hand.ts';
import { executedQty, workingOrder } from './view.ts';
import type { View } from './view.ts';

/** A create that was signed before the stage became `closing` lands within this time: recv_window + 1.5 s (S-29). */
export const LATE_CREATE_MS = 4_000;

/** The tp-sl lane's state after the facts: what was filled, and the stage. Only evidence that was read moves it (F-18). */
export function progress(view: View): TpSlState {
  const { tpSl, fills, nowMs } = view;
  const lastOut = newestOut(fills.keys());
  const counted = withChanges(tpSl, {
    filledTakeProfits: filledTakeProfits(view),
    seen: seenNow(view),
    ...(fills.size > 0 && { lastFillAtMs: nowMs }),
    ...(lastOut !== undefined && { lastOut }),
    ...epochNow(view),
    ...openedNow(view),
    ...stoodBeforeNow(view),
    ...generationsNow(view),
  });
  return advance(withoutStale(counted, view), view);
}

/** Drops what the facts have overtaken: what was asked of another capacity (S-18), and what was about a position that ended. */
function withoutStale(state: TpSlState, view: View): TpSlState {
  const left = withoutEnded(withVanished(state, vanishedByHand(state, view), view), view);
  const now = ordersNow(state, view);
  if (OF_ORDERS.every((field) => left[field] === now[field])) return left;
  const {
    placed: _placed,
    asked: _asked,
    shown: _shown,
    openBooksSinceMs: _since,
    unexplained: _unexplained,
    cancelled: _cancelled,
    ...rest
  } = left;
  return { ...rest, ...now };
}

const OF_ORDERS = ['placed', 'asked', 'shown', 'openBooksSinceMs', 'unexplained', 'cancelled'] as const;

type OfOrders = Pick<TpSlState, (typeof OF_ORDERS)[number]>;

/** Each the very object that came in, where it says the same. */
function ordersNow(state: TpSlState, view: View): OfOrders {
  const { openBooksSinceMs = view.nowMs, cancelled = [] } = state;
  const placed = placedNow(state.placed, view, () => true);
  const leaving = cancelled.filter((leg) => placed?.[leg] !== undefined);
  return {
    ...(placed !== undefined && { placed }),
    ...(leaving.length > 0 && { cancelled: leaving.length === cancelled.length ? cancelled : leaving }),
    ...(!view.hasClosedBooks && { openBooksSinceMs }),
    ...unexplainedNow(view),
    ...askedNow(state, view),
  };
}

/** An exit and a stop that was passed end at flat; stops that were acknowledged, also where a new position stands by now. */
function withoutEnded(state: TpSlState, view: View): TpSlState {
  if (!isFlat(view)) return reopened(view) === undefined ? withShownTrailing(state, view) : withoutPosition(state);
  const { exit: _exit, throughSinceMs: _throughSinceMs, ...lasting } = withoutPosition(state);
  return lasting;
}

function withShownTrailing(state: TpSlState, { position }: View): TpSlState {
  const { armedTrailing } = state;
  if (armedTrailing === undefined || armedTrailing.isShown === true) return state;
  if (position?.trailingStop !== armedTrailing.distance) return state;
  return { ...state, armedTrailing: { ...armedTrailing, isShown: true } };
}

/** What was cancelled by hand stays so where the plan respects it, and is counted where it will be placed again. */
function withVanished(state: TpSlState, legs: readonly Leg[], { plan, nowMs }: View): TpSlState {
  if (legs.length === 0) return state;
  if (externalPolicy(plan).policy === 'respect') return { ...state, dropped: [...(state.dropped ?? []), ...legs] };
  return legs.reduce((counted, leg) => withReassertion(counted, leg, nowMs), state);
}

/**
 * What was asked counts until something executes, or another leg's row changes: then there may be capacity that there was not
 * when the order was cut, for it may have been cut because rows of different age were compared.
 */
function askedNow({ asked = {}, shown: before = {} }: TpSlState, view: View): Pick<TpSlState, 'asked' | 'shown'> {
  const shown = shownNow(before, view);
  const known = isEmpty(shown) ? {} : { shown };
  if (view.fills.size > 0 || isEmpty(asked)) return known;
  if (shown === before) return { asked, ...known };

  const changed = Object.keys({ ...before, ...shown }).filter((leg) => isLeg(leg) && before[leg] !== shown[leg]);
  const kept = Object.entries(asked).filter(([leg]) => changed.every((other) => other === leg));
  return { ...(kept.length > 0 && { asked: Object.fromEntries(kept) }), ...known };
}

type Shown = NonNullable<TpSlState['shown']>;

function shownNow(before: Shown, { own }: View): Shown {
  const shown: Partial<Record<Leg, Decimal>> = {};
  for (const { leg, row } of own) if (isTakeProfit(leg)) shown[leg] = row.leavesQty;
  return isSame(before, shown) ? before : shown;
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

function isFlat({ entered, hasClosedBooks, size }: View): boolean {
  return entered.qty > 0n && hasClosedBooks && size === 0n;
}

/** Orders of a lane that work, or have gone missing and are not settled yet. undefined = none. */
export function placedNow(before: Placed = {}, view: View, owns: (leg: Leg) => boolean): Placed | undefined {
  if (!isEmpty(before) && isAllWorking(before, view, owns)) return before;
  const placed = unsettled(before, view);
  for (const { leg } of view.own) if (owns(leg)) placed[leg] = 0;
  return isEmpty(placed) ? undefined : placed;
}

/** All that was placed and whose fate is not known yet, since when it has been missing. */
function unsettled(before: Placed, view: View): Partial<Record<Leg, number>> {
  const placed: Partial<Record<Leg, number>> = {};
  for (const leg of Object.keys(before).filter(isLeg)) {
    const missingSinceMs = (before[leg] ?? 0) > 0 ? before[leg] : view.nowMs;
    if (missingSinceMs !== undefined && !isSettled(leg, missingSinceMs, view)) placed[leg] = missingSinceMs;
  }
  return placed;
}

/** Whether all that worked at the last look works, and nothing else does. */
function isAllWorking(before: Placed, { own }: View, owns: (leg: Leg) => boolean): boolean {
  const isKnown = own.every(({ leg }) => !owns(leg) || before[leg] === 0);
  return isKnown && Object.keys(before).every((placed) => own.some(({ leg }) => leg === placed));
}

/** What became of a missing order is known: it entered in full, or both listings that must show it were read without it. */
function isSettled(leg: Leg, missingSinceMs: number, view: View): boolean {
  return isListedSince(missingSinceMs, view.snapshot) || isEntered(leg, view);
}

/** Whether a leg's order has vanished and may have filled: then it is not placed anew yet (F-25). */
export function isUnsettled(placed: Placed | undefined, leg: Leg): boolean {
  return (placed?.[leg] ?? 0) > 0;
}

function isEntered(leg: Leg, view: View): boolean {
  const planned = view.plan.entries.find((entry) => entry.leg === leg);
  const executed = view.snapshot.executed.get(leg)?.qty ?? 0n;
  return planned !== undefined && executed > 0n && (planned.type === 'Market' || executed >= planned.qty);
}

function advance(state: TpSlState, view: View): TpSlState {
  const stage = NEXT_STAGE[state.stage][evidence(state, view)];
  const flatEntered = view.entered.qty;
  if (stage === state.stage) return stage === 'closing' && isFlat(view) ? { ...state, flatEntered } : state;
  if (stage === 'closing') {
    return { ...state, stage, flatEntered, closingSinceMs: view.nowMs, closeReason: closeReason(state) };
  }
  if (stage === 'closed' && state.closeReason === undefined) return { ...state, stage, closeReason: 'not-entered' };
  return { ...state, stage };
}

function evidence(state: TpSlState, view: View): Evidence {
  const { entered, plan } = view;
  if (entered.qty === 0n) return isVoid(state, view) ? 'void' : 'none';
  if (isOver(state, view)) return isGone(state, view) ? 'gone' : 'flat';

  const breakevenLeg = plan.breakeven && plan.takeProfits[plan.breakeven.afterTakeProfit - 1]?.leg;
  return breakevenLeg !== undefined && state.filledTakeProfits.includes(breakevenLeg) ? 'scaled' : 'position';
}

function isOver(state: TpSlState, view: View): boolean {
  return isFlat(view) || isLeftBehind(state, view) || reopened(view) === 'by others';
}

/** A position that came after flat and that no entry of ours opened is somebody else's: the plan ends without it. */
function isLeftBehind(state: TpSlState, view: View): boolean {
  const { stage, exit } = state;
  return stage === 'closing' && exit === undefined && view.hasClosedBooks && !hasLateEntry(state, view);
}

/** All entries ended unfilled, long enough ago that no create can still be under way. */
function isVoid(state: TpSlState, view: View): boolean {
  const { plan, limitOrder, knowsLimitOrder, hasClosedBooks, snapshot } = view;
  const { ended, endedAtMs } = limitOrder;
  if (!knowsLimitOrder || !hasClosedBooks || mayWork(state, view)) return false;
  return (
    isReadWellAfter(endedAtMs, snapshot) &&
    plan.entries.every(({ leg }) => ended[leg] !== undefined && ended[leg] !== FILLED)
  );
}

function isGone(state: TpSlState, view: View): boolean {
  return !mayWork(state, view) && isReadWellAfter(state.closingSinceMs, view.snapshot);
}

/** Whether an order of ours works, or has vanished and may have filled. */
function mayWork({ placed }: TpSlState, { own, limitOrder }: View): boolean {
  return own.length > 0 || placed !== undefined || limitOrder.placed !== undefined;
}

function isReadWellAfter(sinceMs: number | undefined, snapshot: Snapshot): boolean {
  return sinceMs !== undefined && isListedSince(sinceMs + LATE_CREATE_MS, snapshot);
}

function closeReason({ lastOut }: TpSlState): NonNullable<TpSlState['closeReason']> {
  if (lastOut === undefined || lastOut === 'external-out') return 'external';
  if (lastOut === 'liquidation' || lastOut === 'stop') return lastOut;
  if (lastOut === 'stop-trailing') return 'trailing-stop';
  return lastOut === 'x' ? 'exit' : 'take-profit';
}

/** Of several at once, the one that closes a whole position is taken for the last. */
function newestOut(fills: Iterable<ExecutedBy>): ExecutedBy | undefined {
  const out = [...fills].filter((by) => !isOpening(by));
  if (out.length === 0) return undefined;
  const closers: readonly ExecutedBy[] = ['liquidation', 'x', 'stop', 'stop-trailing', 'external-out'];
  return closers.find((by) => out.includes(by)) ?? out.toSorted().at(-1);
}

function seenNow({ tpSl, fills, snapshot }: View): TpSlState['seen'] {
  if (fills.size === 0) return tpSl.seen;
  const grown = [...fills.keys()].map((by) => [by, snapshot.executed.get(by) ?? NOTHING] as const);
  return { ...tpSl.seen, ...Object.fromEntries(grown) };
}

/** The epoch is bound once, to the first position that our entries opened. */
function epochNow({ tpSl, position, entered, hasClosedBooks }: View): Pick<TpSlState, 'openTimeMs' | 'epochEntered'> {
  const { openTimeMs } = position ?? {};
  if (openTimeMs === undefined || entered.qty === 0n || !hasClosedBooks) return {};
  const isBound = tpSl.openTimeMs === undefined || tpSl.openTimeMs === openTimeMs;
  return isBound ? { openTimeMs, epochEntered: entered.qty } : {};
}

/**
 * Where the time limit starts: the exchange's opening time, or, where it does not tell one, the look that first saw the position.
 * Bound once, as the epoch is; a state that was lost starts anew in the second case.
 */
function openedNow({ plan, tpSl, position, entered, nowMs }: View): Pick<TpSlState, 'openedAtMs'> {
  if (plan.timeLimit === undefined || tpSl.openedAtMs !== undefined) return {};
  return position === undefined || entered.qty === 0n ? {} : { openedAtMs: position.openTimeMs ?? nowMs };
}

/**
 * An exit or take-profit that executed and no longer works has ended: the next order of its leg needs a new id (S-25). An
 * adopted order of a higher generation raises ours.
 */
function generationsNow(view: View): Partial<Pick<TpSlState, 'generations' | 'priors'>> {
  const { tpSl, fills, own, plan } = view;
  const ended = [...fills.keys()].filter(isExitLeg).filter((leg) => workingOrder(view, leg) === undefined);
  const adopted = own.filter(
    ({ leg, restoreEpoch, generation }) =>
      !isEntry(leg) && restoreEpoch === plan.restoreEpoch && generation > (tpSl.generations[leg] ?? -1),
  );
  if (ended.length + adopted.length === 0) return {};

  const generations: Partial<Record<Leg, number>> = { ...tpSl.generations };
  for (const leg of ended) generations[leg] = (generations[leg] ?? 0) + 1;
  for (const { leg, generation } of adopted) generations[leg] = Math.max(generation, generations[leg] ?? 0);

  if (ended.length === 0) return { generations };
  const priors = ended.map((leg) => [leg, executedQty(view, leg)] as const);
  return { generations, priors: { ...tpSl.priors, ...Object.fromEntries(priors) } };
}

function isExitLeg(by: ExecutedBy): by is 'x' | `t${number}` {
  return isTakeProfit(by) || by === 'x';
}
