import { actionKey } from './action-key.ts';
import type { Action, ActionOutcome, Attempts, LaneStates, LimitOrderState, Placed, TpSlState } from './decision.ts';
import type { Decimal } from './decimal.ts';
import type { FailureReason, StopSpec } from './exchange.ts';
import { isEntry, isTakeProfit } from './executed.ts';
import type { Lane, Leg } from './model.ts';
import { withReassertion } from './reassertions.ts';
import { FILLED } from './rules/entry.ts';

/** The same refusal so many times in a row makes a condition, and a slow probe (DESIGN section 7). */
export const FAILING_AFTER = 3;
const RETRY_MS = 1_000;
const PROBE_MS = 15_000;
const PROTECTIVE_PROBE_MS = 5_000;

/** Failures that say nothing about the action itself: whoever sends waits, nothing is counted. */
const CIRCUMSTANCES: ReadonlySet<FailureReason> = new Set([
  'not-sent',
  'unknown',
  'rate-limited',
  'address-blocked',
  'unavailable',
  'clock',
  'credentials',
]);

/**
 * Merges what became of the actions into a state, which may be newer than the one that decided them. Counts refusals,
 * raises the generation of a used-up id (S-25), remembers what was acknowledged. It never sets a fact: those are read (F-18).
 */
export function settle<L extends Lane>(
  lane: L,
  state: LaneStates[L],
  outcomes: readonly ActionOutcome[],
  nowMs: number,
): LaneStates[L] {
  const settlers: { readonly [K in Lane]: (state: LaneStates[K], outcome: ActionOutcome) => LaneStates[K] } = {
    'tp-sl': (before, outcome) => settleTpSl(settleCommon(before, outcome, nowMs), outcome, nowMs),
    'limit-order': (before, outcome) => settleLimitOrder(settleCommon(before, outcome, nowMs), outcome, nowMs),
  };
  return outcomes.reduce<LaneStates[L]>((before, outcome) => settlers[lane](before, outcome), state);
}

interface Common {
  readonly attempts: Readonly<Record<string, Attempts>>;
  readonly generations: Readonly<Partial<Record<Leg, number>>>;
  readonly placed?: Placed;
}

function settleCommon<S extends Common>(state: S, outcome: ActionOutcome, nowMs: number): S {
  const key = actionKey(outcome.action);
  switch (outcome.result) {
    case 'refused': {
      if (CIRCUMSTANCES.has(outcome.reason)) return state;
      return { ...state, attempts: { ...state.attempts, [key]: nextAttempts(state.attempts[key], outcome, nowMs) } };
    }
    case 'done': {
      const { [key]: _settled, ...attempts } = state.attempts;
      return { ...state, ...acknowledged(state, outcome), attempts };
    }
    case 'id-ended': {
      return { ...state, ...usedUp(state, outcome) };
    }
    case 'unsent':
    case 'unknown':
      return state;
    default:
      return outcome satisfies never;
  }
}

function nextAttempts(
  before: Attempts | undefined,
  outcome: ActionOutcome & { result: 'refused' },
  nowMs: number,
): Attempts {
  const { code, message, reason, action } = outcome;
  const count = before?.code === code ? before.count + 1 : 1;
  const probeMs = action.budget === 'protective' ? PROTECTIVE_PROBE_MS : PROBE_MS;
  return { count, code, message, reason, nextAtMs: nowMs + (count < FAILING_AFTER ? RETRY_MS : probeMs) };
}

/** A create that was taken is expected in the listing, or among the executions. */
function acknowledged({ placed }: Common, { action }: ActionOutcome): Pick<Common, 'placed'> {
  return action.type === 'create' ? { placed: { ...placed, [action.leg]: 0 } } : {};
}

function usedUp({ generations, placed }: Common, { action, ...outcome }: ActionOutcome): Partial<Common> {
  if (action.type !== 'create' || outcome.result !== 'id-ended') return {};
  const { leg } = action;
  const hasExecuted = outcome.status === 'Filled' || (outcome.cumExecQty ?? 0n) > 0n;
  const isOver = isEntry(leg) && isEntered(action, outcome);
  const next = isOver ? {} : { generations: { ...generations, [leg]: (generations[leg] ?? 0) + 1 } };
  // What executed is only missing here: it is fetched before anything is concluded.
  return hasExecuted ? { ...next, placed: { ...placed, [leg]: 0 } } : next;
}

/** Filled, or a market order that executed in part: an entry is neither repeated nor chased then (S-21). */
function isEntered(
  { order }: Action & { readonly type: 'create' },
  { status, cumExecQty = 0n }: { readonly status: string; readonly cumExecQty?: Decimal },
): boolean {
  return status === 'Filled' || (order.orderType === 'Market' && cumExecQty > 0n);
}

function settleTpSl(state: TpSlState, outcome: ActionOutcome, nowMs: number): TpSlState {
  const { action, result } = outcome;
  if (action.type === 'set-stop') return settleStop(state, action.stop, outcome, nowMs);
  if (action.type === 'cancel') return settleCancel(state, action.leg, outcome);
  if (result === 'done') return settleTakeProfit(state, action, nowMs);
  if (result !== 'id-ended' || action.type !== 'create') return state;
  return { ...state, priors: { ...state.priors, [action.leg]: state.seen[action.leg]?.qty ?? 0n } };
}

function settleTakeProfit(state: TpSlState, action: Action, nowMs: number): TpSlState {
  const counted = isPutBack(action) ? withReassertion(state, `${action.leg}:price`, nowMs) : state;
  const asked = askedQty(action);
  return asked === undefined ? counted : { ...counted, asked: { ...counted.asked, [asked.leg]: asked.qty } };
}

/** A take-profit that goes by our own cancel was not cancelled by hand; nobody knows yet of one that got no reply. */
function settleCancel(state: TpSlState, leg: Leg, { result }: ActionOutcome): TpSlState {
  if ((result !== 'done' && result !== 'unknown') || !isTakeProfit(leg)) return state;
  return { ...state, cancelled: [...new Set([...(state.cancelled ?? []), leg])] };
}

/** The price of a take-profit is only ever sent again because somebody changed it. */
function isPutBack(action: Action): action is Action & { readonly type: 'amend' } {
  return action.type === 'amend' && action.amend.price !== undefined && isTakeProfit(action.leg);
}

/** A level that is refused as passed does not stand, whatever was acknowledged before. */
function settleStop(state: TpSlState, stop: StopSpec, outcome: ActionOutcome, nowMs: number): TpSlState {
  const { triggerPrice, trailing } = stop;
  if (outcome.result === 'done') {
    const standing = { ...state, acknowledgedStop: triggerPrice };
    return trailing === undefined ? standing : armed(standing, trailing.distance, nowMs);
  }
  if (trailing !== undefined) return state;
  const isPassed = outcome.result === 'refused' && outcome.reason === 'through-market';
  if (!isPassed || state.acknowledgedStop !== triggerPrice) return state;
  const { acknowledgedStop: _acknowledgedStop, ...rest } = state;
  return rest;
}

/** One that the row showed before and that had to be armed again was changed by somebody. */
function armed(state: TpSlState, distance: Decimal, nowMs: number): TpSlState {
  const isAgain = state.armedTrailing?.distance === distance && state.armedTrailing.isShown === true;
  const counted = isAgain ? withReassertion(state, 'trailing', nowMs) : state;
  return { ...counted, armedTrailing: { distance, sinceMs: nowMs } };
}

function askedQty(action: ActionOutcome['action']): { readonly leg: Leg; readonly qty: Decimal } | undefined {
  if (action.type !== 'create' && action.type !== 'amend') return undefined;
  const qty = action.type === 'create' ? action.order.qty : action.amend.qty;
  return qty === undefined || !isTakeProfit(action.leg) ? undefined : { leg: action.leg, qty };
}

/**
 * A resting entry that somebody else ended is not placed again (S-12), and one whose attached stop the market has passed
 * expires (S-21). A market order that found no liquidity may try again until its deadline.
 */
function settleLimitOrder(state: LimitOrderState, outcome: ActionOutcome, nowMs: number): LimitOrderState {
  const { action, result } = outcome;
  if (action.type !== 'create') return state;
  const reason = whyEnded(outcome);
  if (reason === undefined || state.ended[action.leg] !== undefined || result === 'done') return state;
  return { ...state, ended: { ...state.ended, [action.leg]: reason }, endedAtMs: nowMs };
}

function whyEnded(outcome: ActionOutcome): string | undefined {
  if (outcome.result === 'refused' && outcome.reason === 'through-market') return 'its stop was beyond the market';
  if (outcome.result !== 'id-ended' || outcome.action.type !== 'create') return undefined;
  if (isEntered(outcome.action, outcome)) return FILLED;
  return outcome.action.order.orderType === 'Limit' ? `ended elsewhere as ${outcome.status}` : undefined;
}
