import { expect, test } from 'vitest';
import { decide, FRAMES_TAKE_MS, toJson } from '../testing/core.ts';
import type { Context, Decision, Lane, LaneStates, Snapshot } from '../testing/core.ts';
import { counterexample, INSTALLATION, snapshotOf } from '../testing/index.ts';
import type { Judge, Monitor } from '../testing/index.ts';

/** No check is later than that: rows are looked at again by then, whatever the decision says. */
const ROWS_EXPIRE_AFTER_MS = 15_000;
/** No check is sooner than that: what can be done before, waits for it. */
const SOONEST_MS = 250;

test.each<Lane>(['tp-sl', 'limit-order'])(
  'F-40 a check of the lane %s before its time has nothing to do while a live stream tells of nothing new',
  (lane) => {
    let waits = 0;
    const judge: Judge = {
      atLook: ({ monitor }) => {
        const first = look(monitor, lane, 0, statesOf(monitor));
        // How long somebody who changes things again and again is left alone is the plan's own time, and no hurry.
        if (first.actions.length > 0 || monitor.tpSl.reassertions !== undefined) return [];
        const states = { ...statesOf(monitor), [lane]: first.state };
        const lastMs = Math.min(first.nextCheckInMs, ROWS_EXPIRE_AFTER_MS) - SOONEST_MS - 1;
        if (lastMs < 0) return [];
        waits += 1;
        const { actions } = look(monitor, lane, lastMs, states);
        return actions.map((action) => `${toJson(action)} after ${lastMs} ms`);
      },
    };
    const stories = { hasOthers: true, hasPolicies: true } as const;
    expect(counterexample(stories, () => judge)).toBe('none');
    expect(waits).toBeGreaterThan(3_000);
  },
);

/** What the lane decides so much later, when nothing has happened since: by rows that a stream keeps, as far as its frames may take. */
function look(monitor: Monitor, lane: Lane, laterMs: number, states: LaneStates): Decision<Lane> {
  const { venue } = monitor;
  const snapshot = snapshotOf(venue);
  const nowMs = venue.nowMs + laterMs;
  const rowsAtMs = Math.max(venue.nowMs, nowMs - FRAMES_TAKE_MS);
  const streamed: Snapshot = { ...snapshot, streamed: true, positionAtMs: rowsAtMs, ordersAtMs: rowsAtMs };
  const common: Omit<Context<Lane>, 'state'> = {
    plan: venue.plan,
    tpSl: states['tp-sl'],
    limitOrder: states['limit-order'],
    installation: INSTALLATION,
    nowMs,
  };
  return decide(lane, streamed, { ...common, state: states[lane] });
}

function statesOf({ tpSl, limitOrder }: Monitor): LaneStates {
  return { 'tp-sl': tpSl, 'limit-order': limitOrder };
}
