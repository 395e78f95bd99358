import { expect, test } from 'vitest';
import { decide, decimal, hasClosedBooks, initialState, needsExecutions } from '../src/index.ts';
import type { Decision, Snapshot, TpSlState } from '../src/index.ts';
import { aPlan, aPosition, aSnapshot, aStopRow, executed, prices, START_MS, tpSlContext } from '../testing/index.ts';

const plan = aPlan();

test('S-19 what others held before the plan and closed while it waited does not keep its books open for ever', () => {
  const flat = aSnapshot({ executed: executed({ 'external-out': '3' }) });
  const waited = decide('tp-sl', flat, tpSlContext({ plan, state: initialState('tp-sl') }));
  expect(waited.state.stoodBefore).toBe(decimal('3'));

  const entered = aSnapshot({
    position: aPosition(),
    orders: [aStopRow()],
    executed: executed({ e0: '100', 'external-out': '3' }),
  });
  const after = decide('tp-sl', entered, tpSlContext({ plan, state: waited.state }));
  expect(after.actions.map((action) => action.type === 'create' && action.leg)).toEqual(['t1', 't2', 't3', 't4']);
  expect(after.state.conditions).not.toHaveProperty('SizeMismatch');
});

test('S-19 what others hold when the plan comes keeps it waiting, and is none of its books once it has entered', () => {
  const theirs = aSnapshot({ position: aPosition({ side: 'Sell', size: decimal('3') }) });
  const waiting = decide('tp-sl', theirs, tpSlContext({ plan, state: initialState('tp-sl') }));
  expect(waiting.state.stoodBefore).toBe(decimal('3'));
  expect(hasClosedBooks(theirs, decimal('3'))).toBe(false);

  const closed = aSnapshot({
    position: aPosition({ size: decimal('97') }),
    orders: [aStopRow({ qty: decimal('97') })],
    executed: executed({ e0: '97', 'external-out': '3' }),
  });
  const after = decide('tp-sl', closed, tpSlContext({ plan, state: waiting.state }));
  expect(after.actions.map((action) => action.type === 'create' && action.leg)).toEqual(['t1', 't2', 't3', 't4']);
});

test('S-19 an entry of ours that was listed late is not held for a position of others', () => {
  const early = decide(
    'tp-sl',
    aSnapshot({ position: aPosition() }),
    tpSlContext({ plan, state: initialState('tp-sl') }),
  );
  const listed = aSnapshot({ position: aPosition(), orders: [aStopRow()], executed: executed({ e0: '100' }) });
  const { state } = decide('tp-sl', listed, tpSlContext({ plan, state: early.state }));

  expect(early.state.stoodBefore).toBe(decimal('100'));
  expect(state.stoodBefore).toBe(0n);
});

test('S-19 what others took out of a position of ours is never taken for something that stood before', () => {
  const reduced = aSnapshot({
    position: aPosition({ size: decimal('97') }),
    orders: [aStopRow({ qty: decimal('97') })],
    executed: executed({ e0: '100', 'external-out': '3' }),
  });
  const { state } = decide('tp-sl', reduced, tpSlContext({ plan, state: initialState('tp-sl') }));
  expect(state).not.toHaveProperty('stoodBefore');
});

test('S-19 when what others held is gone, its executions are read before anything of ours can be among them', () => {
  const held = aSnapshot({ position: aPosition({ side: 'Sell', size: decimal('3') }) });
  const { state } = decide('tp-sl', held, tpSlContext({ plan, state: initialState('tp-sl') }));
  const gone = aSnapshot({ position: aPosition({ size: 0n, stopLoss: undefined }) });

  expect(needsExecutions(gone, plan, { tpSl: state })).toBe(true);
  expect(needsExecutions(gone, plan, { tpSl: initialState('tp-sl') })).toBe(false);
});

test('S-19 an opening that is read later takes back what seemed to have stood before', () => {
  const first = aSnapshot({ executed: executed({ 'external-out': '1' }) });
  const early = decide('tp-sl', first, tpSlContext({ plan, state: initialState('tp-sl') }));
  const whole = aSnapshot({ executed: executed({ 'external-out': '1', 'external-in': '1' }) });
  const { state } = decide('tp-sl', whole, tpSlContext({ plan, state: early.state }));

  expect(early.state.stoodBefore).toBe(decimal('1'));
  expect(state.stoodBefore).toBe(0n);
});

test('S-19 exits of ours without their entries are never what others held', () => {
  const odd = aSnapshot({ executed: executed({ t1: '40', x: '60' }) });
  const { state } = decide('tp-sl', odd, tpSlContext({ plan, state: initialState('tp-sl') }));

  expect(state).not.toHaveProperty('stoodBefore');
});

test('S-19 a fill of ours that the row shows first, beside the close of what others held, does not keep the books open', () => {
  const held = aSnapshot({ position: aPosition({ side: 'Sell', size: decimal('3') }) });
  const waiting = lookAt(held, initialState('tp-sl'), 0).state;
  const early = lookAt(
    { ...held, position: aPosition(), executed: executed({ 'external-out': '3' }) },
    waiting,
    100,
  ).state;
  const facts = { position: aPosition(), orders: [aStopRow()], executed: executed({ 'external-out': '3', e0: '100' }) };
  expect(lookAt(facts, early, 200).actions).toEqual([]);

  const { state } = rested(facts, early);
  expect(state.stoodBefore).toBe(decimal('3'));
  expect(lookAt(facts, state, 9_000).actions.map((action) => action.type === 'create' && action.leg)).toEqual([
    't1',
    't2',
    't3',
    't4',
  ]);
});

test('S-19 F-25 a take-profit that the row shows first is not taken for what others held, however alike the quantities', () => {
  const booked = executed({ 'external-out': '3', e0: '100' });
  const state: TpSlState = { ...opened(booked), stoodBefore: decimal('3') };
  const filled = { position: aPosition({ size: decimal('97') }), orders: [aStopRow()], executed: booked };
  const early = lookAt(filled, state, 0);

  expect(early.state.stoodBefore).toBe(decimal('3'));
  expect(early.actions).toEqual([]);
  const told = lookAt({ ...filled, executed: executed({ 'external-out': '3', e0: '100', t1: '3' }) }, early.state, 100);
  expect(told.state).not.toHaveProperty('openBooksSinceMs');
});

test('S-19 what others held and closed is found when the plan is first looked at with its entry', () => {
  const facts = { position: aPosition(), orders: [aStopRow()], executed: executed({ 'external-out': '3', e0: '100' }) };
  expect(rested(facts, initialState('tp-sl')).state.stoodBefore).toBe(decimal('3'));
  const stopped = { ...facts, executed: executed({ stop: '3', e0: '100' }) };
  expect(rested(stopped, initialState('tp-sl')).state.stoodBefore).toBe(decimal('3'));
});

test('S-19 what nobody took out again, and nobody saw before, is never taken for what others held', () => {
  const facts = { position: aPosition(), orders: [aStopRow()], executed: executed({ 'external-out': '3', e0: '96' }) };
  const { state, actions } = rested(facts, initialState('tp-sl'));
  expect(state).not.toHaveProperty('stoodBefore');
  expect(state.conditions).toHaveProperty('SizeMismatch');
  expect(actions).toEqual([]);
});

test.each<[what: string, Partial<Snapshot>]>([
  [
    'execution',
    { position: aPosition({ size: decimal('99') }), executed: executed({ 'external-out': '3', e0: '99' }) },
  ],
  ['row', { position: aPosition({ size: decimal('101') }), executed: executed({ 'external-out': '3', e0: '100' }) }],
])('S-19 what stays unexplained is believed in the third second, and begins anew with another %s', (_what, first) => {
  const facts = { position: aPosition(), executed: executed({ 'external-out': '3', e0: '100' }) };
  const believed: boolean[] = [];
  [first, facts, facts, facts, facts].reduce((before, look, second) => {
    const { state } = lookAt(look, before, second * 1_000);
    believed.push(state.stoodBefore !== undefined);
    return state;
  }, initialState('tp-sl'));
  expect(believed).toEqual([false, false, false, true, true]);
});

test('S-20 nothing is entered beside what others hold, although what they traded since comes to the same size', () => {
  const held = aSnapshot({ position: aPosition({ size: decimal('6') }), executed: executed({ 'external-in': '3' }) });
  const { state } = decide('tp-sl', held, tpSlContext({ plan, state: initialState('tp-sl') }));
  const sold = { position: aPosition({ size: decimal('3') }), executed: executed({ 'external-in': '3' }) };

  expect(state.stoodBefore).toBe(decimal('3'));
  expect(hasClosedBooks(aSnapshot(sold), state.stoodBefore)).toBe(false);
  expect(needsExecutions(aSnapshot(sold), plan, { tpSl: state })).toBe(true);
  const early = lookAt(sold, state, 100);
  expect(early.state.stoodBefore).toBe(decimal('3'));
  const told = lookAt({ ...sold, executed: executed({ 'external-in': '3', 'external-out': '3' }) }, early.state, 200);
  expect(told.state.stoodBefore).toBe(decimal('3'));
});

test('S-19 what others opened under the plan and was read late stands there no longer once that has stayed', () => {
  const late = { position: aPosition({ size: decimal('3') }) };
  const early = lookAt(late, initialState('tp-sl'), 0);
  const { state } = rested({ ...late, executed: executed({ 'external-in': '3' }) }, early.state);

  expect(early.state.stoodBefore).toBe(decimal('3'));
  expect(state.stoodBefore).toBe(0n);
});

function opened(sums: Snapshot['executed']): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(sums) };
}

/** So many looks, a second apart, that no fact is left to come. */
function rested(facts: Partial<Snapshot>, early: TpSlState): Decision<'tp-sl'> {
  const looks = [1, 2, 3, 4].map((second) => second * 1_000);
  return looks.reduce((before, atMs) => lookAt(facts, before.state, atMs), lookAt(facts, early, 200));
}

function lookAt(facts: Partial<Snapshot>, state: TpSlState, atMs: number): Decision<'tp-sl'> {
  const nowMs = START_MS + atMs;
  const snapshot = aSnapshot({ positionAtMs: nowMs, ordersAtMs: nowMs, prices: prices('100', nowMs), ...facts });
  return decide('tp-sl', snapshot, tpSlContext({ plan, state, nowMs }));
}
