import { expect, test } from 'vitest';
import { attribute, decide, decimal, formatOrderLinkId, initialState, ONE, protection } from '../src/index.ts';
import type { Decision, OrderRow, TpSlState } from '../src/index.ts';
import { ordersByOwner } from '../src/own-orders.ts';
import {
  anExecution,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  INSTALLATION,
  ownLinkId,
  PLAN_ID,
  tpSlContext,
} from '../testing/index.ts';

const OPEN = { executed: executed({ e0: '100' }), position: aPosition() };

test('S-24 an order of another plan of ours is foreign: counted and not touched', () => {
  const theirs = aTakeProfitRow('t1', '20', '110', { orderLinkId: `bs-${INSTALLATION}planbbbbbbbb-t1-0-0` });
  const { own, foreign } = ordersByOwner(aSnapshot({ orders: [theirs] }), aPlan(), INSTALLATION);
  expect({ own, foreign }).toEqual({ own: [], foreign: [theirs] });

  const { actions } = look([aStopRow(), theirs]);
  expect(actions.filter(({ type }) => type !== 'create')).toEqual([]);
  expect(actions.find((action) => action.type === 'create' && action.leg === 't1')).toMatchObject({
    order: { qty: decimal('68') },
  });
});

test.each(['Filled', 'Cancelled', 'Rejected', 'Deactivated', 'PartiallyFilledCanceled'])(
  'F-03 an order row that says %s works no more, and its leg is placed anew',
  (status) => {
    const { actions } = look([aStopRow(), aTakeProfitRow('t1', '85', '110', { status })]);
    expect(actions.find((action) => action.type === 'create' && action.leg === 't1')).toBeDefined();
  },
);

test('S-05 the stop is found among the rows whichever order they come in, a trailing stop before it', () => {
  const trail = aStopRow({ orderId: 'trail', stopOrderType: 'TrailingStop', triggerPrice: decimal('97') });
  for (const orders of [
    [trail, aStopRow()],
    [aStopRow(), trail],
  ]) {
    expect(protection(aSnapshot({ ...OPEN, orders }), aPlan())).toBe('protected');
    expect(look(orders).actions.filter(({ type }) => type === 'set-stop')).toEqual([]);
  }
});

test('S-23 the two parts of an execution that turns the position round add up to it, to the last unit', () => {
  const execution = anExecution({ orderLinkId: '', qty: 3n * ONE, closedSize: ONE, value: 100n, fee: 7n });
  const parts = attribute(execution, { installation: INSTALLATION, planId: PLAN_ID });
  expect(parts).toEqual([
    { by: 'external-out', qty: ONE, value: 33n, fee: 2n },
    { by: 'external-in', qty: 2n * ONE, value: 67n, fee: 5n },
  ]);
});

test('F-20 of three orders of one leg the one of the newest generation stays, and the others go', () => {
  const rows = [0, 2, 1].map((generation) =>
    aTakeProfitRow('t1', '85', '110', { orderLinkId: ownLinkId('t1', generation) }),
  );
  const { actions } = look([aStopRow(), ...rows]);
  const cancelled = actions.flatMap((action) => (action.type === 'cancel' ? [action.cancel.orderId] : []));
  expect(cancelled.toSorted()).toEqual([0, 1].map((generation) => `id-${ownLinkId('t1', generation)}`));
});

test('S-24 an id that is longer than the exchange takes is not made', () => {
  const identity = { installation: INSTALLATION, planId: PLAN_ID, restoreEpoch: 123_456_789, generation: 1 };
  expect(formatOrderLinkId({ ...identity, leg: 't1' })).toHaveLength(33);
  expect(() => formatOrderLinkId({ ...identity, leg: 't12345' })).toThrow(RangeError);
});

function look(orders: readonly OrderRow[]): Decision<'tp-sl'> {
  const state: TpSlState = { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(OPEN.executed) };
  return decide('tp-sl', aSnapshot({ ...OPEN, orders }), tpSlContext({ state, tpSl: state }));
}
