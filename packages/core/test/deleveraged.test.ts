import { expect, test } from 'vitest';
import { decide, decimal, initialState } from '../src/index.ts';
import { aPlan, aPosition, aSnapshot, aStopRow, executed, tpSlContext } from '../testing/index.ts';

test('S-12 S-17 a take-profit that was made for what a deleveraging left is filled by that', () => {
  const snapshot = aSnapshot({
    position: aPosition({ size: decimal('14.7') }),
    orders: [aStopRow({ qty: decimal('14.7') })],
    executed: executed({ e0: '100', liquidation: '2', t1: '83.3' }),
  });
  const { state } = decide('tp-sl', snapshot, tpSlContext({ plan: aPlan(), state: initialState('tp-sl') }));

  expect(state.filledTakeProfits).toEqual(['t1']);
});

test('a liquidation that ends the position fills no take-profit', () => {
  const snapshot = aSnapshot({ executed: executed({ e0: '100', t1: '50', liquidation: '50' }) });
  const { state } = decide('tp-sl', snapshot, tpSlContext({ plan: aPlan(), state: initialState('tp-sl') }));

  expect(state.filledTakeProfits).toEqual([]);
});
