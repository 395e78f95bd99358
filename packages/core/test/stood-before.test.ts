import { expect, test } from 'vitest';
import { decide, decimal, hasClosedBooks, initialState, needsExecutions } from '../src/index.ts';
import { aPlan, aPosition, aSnapshot, aStopRow, executed, tpSlContext } from '../testing/index.ts';

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
