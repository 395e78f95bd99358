import { expect, test } from 'vitest';
import { decide, decimal, initialState, settle } from '../src/index.ts';
import type { Action, Decision, FailureReason, Snapshot, TpSlState } from '../src/index.ts';
import {
  anEntryRow,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

const OPEN = { executed: executed({ e0: '100' }), position: aPosition(), orders: [aStopRow()] };
const NAKED = aSnapshot({ ...OPEN, position: aPosition({ stopLoss: undefined }), orders: [] });

test('S-03 34040 settles nothing: the stop is neither acknowledged nor confirmed, and is asked for again', () => {
  const first = look(NAKED, opened());
  const state = refusedBy(first, 'not-modified', 34_040);
  expect(state.acknowledgedStop).toBeUndefined();
  expect(state.confirmedStop).toBeUndefined();

  const again = look(NAKED, state, 1_000);
  expect(again.actions[0]).toMatchObject({ type: 'set-stop', stop: { triggerPrice: decimal('90') } });
});

test('F-24 refusals are forgotten with what was refused, and their condition ends', () => {
  const first = look(NAKED, opened());
  const thrice = [1, 2, 3].reduce((state) => refusedBy({ ...first, state }, 'rejected', 10_001), first.state);
  const held = look(NAKED, thrice, 1_000);
  expect(held.state.conditions).toHaveProperty('StopRejected');

  const set = look(aSnapshot(OPEN), held.state, 2_000);
  expect(set.state.attempts).toEqual({});
  expect(set.state.conditions).not.toHaveProperty('StopRejected');
});

test('S-14 while take-profits of ours still hold the capacity, an exit that was refused for want of it is not sent again', () => {
  const full = aSnapshot({ ...OPEN, orders: [aStopRow(), aTakeProfitRow('t1', '100', '110')] });
  const exiting: TpSlState = { ...opened(), exit: { reason: 'operator', sinceMs: START_MS } };
  const first = look(full, exiting);
  const cancelling = look(full, refusedBy(first, 'no-capacity', 110_017), 100);
  expect(cancelling.actions).toMatchObject([{ type: 'cancel', leg: 't1' }]);

  const still = look(full, cancelling.state, 200);
  expect(still.actions).toMatchObject([{ type: 'cancel', leg: 't1' }]);
});

test('S-02 an entry that was refused as partly filled stays so while its row does not show it: its rest is cancelled', () => {
  const resting = aSnapshot({
    ...OPEN,
    orders: [aStopRow(), anEntryRow('e1', '100', '95', { stopLoss: decimal('89') })],
  });
  const first = look(resting, opened());
  const amend = first.actions.find(({ type }) => type === 'amend');
  expect(amend).toMatchObject({ leg: 'e1', amend: { stopLoss: decimal('90') } });

  const cancelling = look(resting, refusedBy(first, 'partly-filled', 110_059, amend), 100);
  expect(cancelling.actions).toContainEqual(expect.objectContaining({ type: 'cancel', leg: 'e1' }));
  const still = look(resting, cancelling.state, 200);
  expect(still.actions).toContainEqual(expect.objectContaining({ type: 'cancel', leg: 'e1' }));
  expect(still.actions.filter(({ type }) => type === 'amend')).toEqual([]);
});

test('S-25 a create that got no reply keeps its id, and is sent again under it', () => {
  const first = look(aSnapshot(OPEN), opened());
  const lost = first.actions.map((action) => ({ action, result: 'unknown' }) as const);
  expect(lost.map(({ action }) => action.type)).toContain('create');

  const state = settle('tp-sl', first.state, lost, START_MS);
  expect(idsOf(look(aSnapshot(OPEN), state, 100).actions)).toEqual(idsOf(first.actions));
});

test('F-25 a create that was taken and is not listed yet is not sent again until listings must show it', () => {
  const first = look(aSnapshot(OPEN), opened());
  const taken = first.actions.map((action) => ({ action, result: 'done' }) as const);
  const state = settle('tp-sl', first.state, taken, START_MS);
  const next = look(aSnapshot(OPEN), state, 100);
  expect(next.actions).toEqual([]);

  const listed = { positionAtMs: START_MS + 1_100, ordersAtMs: START_MS + 1_100 };
  expect(idsOf(look(aSnapshot({ ...OPEN, ...listed }), next.state, 1_100).actions)).toEqual(idsOf(first.actions));
});

function idsOf(actions: readonly Action[]): readonly string[] {
  return actions.flatMap((action) => (action.type === 'create' ? [action.order.orderLinkId] : []));
}

function opened(): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(OPEN.executed) };
}

function look(snapshot: Snapshot, state: TpSlState, atMs = 0): Decision<'tp-sl'> {
  return decide('tp-sl', snapshot, tpSlContext({ state, tpSl: state, nowMs: START_MS + atMs }));
}

/** The state after the decision's first action, or another one, was refused. */
function refusedBy(
  { state, actions }: Decision<'tp-sl'>,
  reason: FailureReason,
  code: number,
  action: Action | undefined = actions[0],
): TpSlState {
  if (action === undefined) throw new Error('nothing to refuse');
  return settle('tp-sl', state, [{ action, result: 'refused', reason, code, message: '' }], START_MS);
}
