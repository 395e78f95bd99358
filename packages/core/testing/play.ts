import { decide, initialState, settle } from './core.ts';
import type { Action, ActionOutcome, Context, Decision, Lane, LimitOrderState, MonitorEvent } from './core.ts';
import type { Snapshot, TpSlState } from './core.ts';
import { INSTALLATION } from './builders.ts';
import { send } from './send.ts';
import { snapshotOf } from './venue-model.ts';
import type { Venue } from './venue-model.ts';

/** One plan's monitor against a venue: both lanes' states and all that was said and done. Changed in place. */
export interface Monitor {
  readonly venue: Venue;
  tpSl: TpSlState;
  limitOrder: LimitOrderState;
  /** The executions that were applied last: their sums only grow, so no look has fewer than the one before. */
  booked: Booked | undefined;
  readonly events: MonitorEvent[];
  readonly outcomes: ActionOutcome[];
}

export type Booked = Pick<Snapshot, 'executed' | 'executionsSeq'>;

export function monitorOn(venue: Venue): Monitor {
  return {
    venue,
    tpSl: initialState('tp-sl'),
    limitOrder: initialState('limit-order'),
    booked: undefined,
    events: [],
    outcomes: [],
  };
}

/** One check of one lane. `isSent` may keep an action from being sent, as a crash or an empty budget does. */
export function check(
  monitor: Monitor,
  lane: Lane,
  { snapshot = snapshotOf(monitor.venue), isSent = () => true }: CheckOptions = {},
): readonly Action[] {
  const { executed, executionsSeq } = snapshot;
  monitor.booked = { executed, executionsSeq };
  const { actions, events } = lane === 'tp-sl' ? decideTpSl(monitor, snapshot) : decideLimitOrder(monitor, snapshot);
  monitor.events.push(...events);

  const outcomes = actions.map((action, index): ActionOutcome => {
    return isSent(action, index) ? send(monitor.venue, action) : { action, result: 'unsent' };
  });
  monitor.outcomes.push(...outcomes);
  const { nowMs } = monitor.venue;
  if (lane === 'tp-sl') monitor.tpSl = settle('tp-sl', monitor.tpSl, outcomes, nowMs);
  else monitor.limitOrder = settle('limit-order', monitor.limitOrder, outcomes, nowMs);
  return actions;
}

export interface CheckOptions {
  readonly snapshot?: Snapshot;
  readonly isSent?: (action: Action, index: number) => boolean;
}

/** What a lane would do now, without recording it. */
export function ask<L extends Lane>(monitor: Monitor, lane: L, snapshot = snapshotOf(monitor.venue)): Decision<L> {
  const states = { 'tp-sl': monitor.tpSl, 'limit-order': monitor.limitOrder };
  return decide(lane, snapshot, { ...common(monitor), state: states[lane] });
}

/**
 * Checks both lanes, two seconds apart, until a round neither does nor changes anything. Throws when that takes
 * unreasonably long.
 */
export function settleDown(monitor: Monitor): void {
  for (let round = 0; round < 40; round += 1) {
    const { tpSl, limitOrder } = monitor;
    const done = [...check(monitor, 'tp-sl'), ...check(monitor, 'limit-order')];
    const isUnchanged = monitor.tpSl === tpSl && monitor.limitOrder === limitOrder;
    if (done.length === 0 && isUnchanged && !hasMissing(monitor)) return;
    monitor.venue.nowMs += 2_000;
  }
  throw new Error('the monitor does not come to rest');
}

/** An order that vanished is settled by a later look. */
function hasMissing({ tpSl, limitOrder }: Monitor): boolean {
  return Object.values({ ...tpSl.placed, ...limitOrder.placed }).some((since) => (since ?? 0) > 0);
}

function decideTpSl(monitor: Monitor, snapshot: Snapshot): Decision<'tp-sl'> {
  const decision = ask(monitor, 'tp-sl', snapshot);
  monitor.tpSl = decision.state;
  return decision;
}

function decideLimitOrder(monitor: Monitor, snapshot: Snapshot): Decision<'limit-order'> {
  const decision = ask(monitor, 'limit-order', snapshot);
  monitor.limitOrder = decision.state;
  return decision;
}

function common({ venue, tpSl, limitOrder }: Monitor): Omit<Context<Lane>, 'state'> {
  return { plan: venue.plan, tpSl, limitOrder, installation: INSTALLATION, nowMs: venue.nowMs };
}
