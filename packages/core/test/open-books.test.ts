import { expect, test } from 'vitest';
import { decide, decimal, initialState } from '../src/index.ts';
import type { Decision, Snapshot, TpSlState } from '../src/index.ts';
import {
  anOrder,
  aPosition,
  aSnapshot,
  aStopRow,
  executed,
  limitOrderContext,
  ownLinkId,
  prices,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

const OCCUPIED: Partial<Snapshot> = { position: aPosition({ stopLoss: undefined, seq: 900 }), executionsSeq: -1 };
const ADDED_BY_HAND: Partial<Snapshot> = {
  position: aPosition({ size: decimal('130') }),
  executed: executed({ e0: '100' }),
  orders: [aStopRow({ qty: decimal('130') })],
};

test('S-19 a plan on an occupied slot says so, and does nothing', () => {
  const first = look(OCCUPIED, initialState('tp-sl'), 0);
  expect(first.state.conditions).toEqual({});
  const { actions, state, events } = look(OCCUPIED, first.state, 2_000);
  expect(actions).toEqual([]);
  expect(state.conditions).toHaveProperty('SizeMismatch');
  expect(events).toMatchObject([{ type: 'condition-raised', detail: { name: 'SizeMismatch' } }]);
});

test('F-40 books that do not close are looked at less and less often, in both lanes', () => {
  const since = look(OCCUPIED, initialState('tp-sl'), 0).state;
  const waits = [0, 9_999, 10_000, 59_999, 60_000, 3_600_000].map((atMs) => [
    look(OCCUPIED, since, atMs).nextCheckInMs,
    lookAtEntries(OCCUPIED, since, atMs).nextCheckInMs,
  ]);
  expect(waits).toEqual([
    [1_000, 1_000],
    [1_000, 1_000],
    [5_000, 5_000],
    [5_000, 5_000],
    [20_000, 20_000],
    [20_000, 20_000],
  ]);
});

test('F-40 once they were closed, the next mismatch is urgent again', () => {
  const open = look(OCCUPIED, initialState('tp-sl'), 0).state;
  const closed = look({}, open, 100_000).state;
  expect(look(OCCUPIED, closed, 200_000).nextCheckInMs).toBe(1_000);
  expect(look(OCCUPIED, closed, 200_000).state.conditions).toEqual({});
});

test('S-19 the stop is judged on each look, however long the books are open', () => {
  const { state } = look(ADDED_BY_HAND, held(), 0);
  const naked = { ...ADDED_BY_HAND, position: aPosition({ size: decimal('130'), stopLoss: undefined }), orders: [] };
  expect(look(naked, state, 600_000).actions).toMatchObject([{ type: 'set-stop' }]);
  expect(look(naked, state, 600_000).nextCheckInMs).toBe(1_000);
});

test('F-40 a position that is being left is urgent with open books too', () => {
  const leaving: TpSlState = { ...held(), exit: { reason: 'operator', sinceMs: START_MS } };
  const exit = anOrder({ orderLinkId: ownLinkId('x'), orderType: 'Market', qty: decimal('130'), reduceOnly: true });
  const sent = { ...ADDED_BY_HAND, orders: [aStopRow({ qty: decimal('130') }), exit] };
  const { state } = look(sent, leaving, 0);
  const { actions, nextCheckInMs } = look(sent, state, 600_000);
  expect(actions).toEqual([]);
  expect(nextCheckInMs).toBe(1_000);
});

function held(): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(executed({ e0: '100' })) };
}

function at(facts: Partial<Snapshot>, nowMs: number): Snapshot {
  return aSnapshot({ positionAtMs: nowMs, ordersAtMs: nowMs, prices: prices('100', nowMs), ...facts });
}

function look(facts: Partial<Snapshot>, state: TpSlState, atMs: number): Decision<'tp-sl'> {
  const nowMs = START_MS + atMs;
  return decide('tp-sl', at(facts, nowMs), tpSlContext({ state, tpSl: state, nowMs }));
}

/** The limit-order lane, with an entry that has no deadline still to be placed. */
function lookAtEntries(facts: Partial<Snapshot>, tpSl: TpSlState, atMs: number): Decision<'limit-order'> {
  const nowMs = START_MS + atMs;
  return decide('limit-order', at(facts, nowMs), limitOrderContext({ tpSl, nowMs }));
}
