import { actionKey, decide, initialState, isOutrun, LANES, needsExecutions } from '@backstop/core';
import type { Action, Attempts, Decision, Lane, LaneStates, Plan, Snapshot } from '@backstop/core';
import type { MonitorPicture } from '../monitor-picture.ts';
import type { CheckRead } from '../read-check.ts';

/** A difference between what is wanted and what works. */
export interface WantedAction {
  readonly lane: Lane;
  readonly action: Action;
  /** Why it is not sent in this moment; undefined = the next check sends it. */
  readonly held: string | undefined;
}

/** What the next check of a monitor would come to on what the cache holds now. */
export interface Outlook {
  readonly snapshot: Snapshot;
  readonly decisions: { readonly [L in Lane]: Decision<L> };
  readonly wanted: readonly WantedAction[];
  /** What it reads from the exchange before it decides, so that it may well decide something else; undefined = nothing. */
  readonly readsFirst: string | undefined;
}

/**
 * Makes the decisions of both lanes on the facts of a picture, without sending anything: pure. undefined = the facts are not
 * known, so nothing can be said. Attempts that wait for their time are among what is wanted.
 */
export function outlook(monitor: MonitorPicture, installation: string): Outlook | undefined {
  const { snapshot, read, plan, stage } = monitor;
  if (snapshot === undefined || stage === 'closed') return undefined;

  const states = statesOf(read);
  const context = { plan, tpSl: states['tp-sl'], limitOrder: states['limit-order'], installation, nowMs: read.nowMs };
  const decisions = {
    'tp-sl': decide('tp-sl', snapshot, { ...context, state: context.tpSl }),
    'limit-order': decide('limit-order', snapshot, { ...context, state: context.limitOrder }),
  };
  const wanted = LANES.flatMap((lane) => {
    const released = { ...context, tpSl: release(context.tpSl), limitOrder: release(context.limitOrder) };
    const state = lane === 'tp-sl' ? released.tpSl : released.limitOrder;
    const { actions } = decide(lane, snapshot, { ...released, state });
    return actions.map((action) => ({ lane, action, held: whyHeld(action, states[lane].attempts, read) }));
  });
  return { snapshot, decisions, wanted, readsFirst: firstRead(read, snapshot, plan, states) };
}

function statesOf({ states }: CheckRead): LaneStates {
  return {
    'tp-sl': states['tp-sl'].state ?? initialState('tp-sl'),
    'limit-order': states['limit-order'].state ?? initialState('limit-order'),
  };
}

/** The state with nothing held back: each attempt may be made now. */
function release<S extends { readonly attempts: Readonly<Record<string, Attempts>> }>(state: S): S {
  const attempts = Object.entries(state.attempts).map(([key, attempt]) => [key, { ...attempt, nextAtMs: 0 }] as const);
  return { ...state, attempts: Object.fromEntries(attempts) };
}

function whyHeld(action: Action, attempts: Readonly<Record<string, Attempts>>, read: CheckRead): string | undefined {
  const { nowMs, position, orders, intents } = read;
  const attempt = attempts[actionKey(action)];
  if (attempt !== undefined && attempt.nextAtMs > nowMs) {
    const { count, code, message, nextAtMs } = attempt;
    return `refused ${count === 1 ? 'once' : `${count} times`} (${code} ${message}), tried again in ${seconds(nextAtMs - nowMs)}`;
  }
  if (action.absolute) return undefined;
  if (intents.some(({ deadlineMs }) => deadlineMs > nowMs)) return 'another request of this monitor is under way';
  const isDirty = [position, orders].some((row) => row.kind !== 'row' || row.dirty);
  return isDirty ? 'its rows are older than the last request: they are read anew first' : undefined;
}

function firstRead(
  { position, orders }: CheckRead,
  snapshot: Snapshot,
  plan: Plan,
  states: LaneStates,
): string | undefined {
  const memory = { tpSl: states['tp-sl'], limitOrder: states['limit-order'] };
  if ([position, orders].some((row) => row.kind === 'row' && row.dirty))
    return 'its rows, which a request has outdated';
  if (isOutrun(snapshot, plan)) return 'its rows, since the price has passed a level';
  return needsExecutions(snapshot, plan, memory) ? 'executions, since something is not booked yet' : undefined;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
