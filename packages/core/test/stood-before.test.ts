import { expect, test } from 'vitest';
import { decide, decimal, initialState } from '../src/index.ts';
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

test('S-19 what others took out of a position of ours is never taken for something that stood before', () => {
  const reduced = aSnapshot({
    position: aPosition({ size: decimal('97') }),
    orders: [aStopRow({ qty: decimal('97') })],
    executed: executed({ e0: '100', 'external-out': '3' }),
  });
  const { state } = decide('tp-sl', reduced, tpSlContext({ plan, state: initialState('tp-sl') }));
  expect(state).not.toHaveProperty('stoodBefore');
});
