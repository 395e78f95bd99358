import { expect, test } from 'vitest';
import { decide, decimal, initialState } from '../src/index.ts';
import type { Action, Decision, LimitOrderState, OrderRow, Snapshot, TpSlState } from '../src/index.ts';
import {
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  limitOrderContext,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

const LADDER = [
  aTakeProfitRow('t1', '85', '110'),
  aTakeProfitRow('t2', '5', '115'),
  aTakeProfitRow('t3', '5', '120'),
  aTakeProfitRow('t4', '5', '125'),
];

test('F-25 an order that vanished without a fill is placed again only on listings begun a second later', () => {
  const before: TpSlState = { ...known(), placed: { t1: 0, t2: 0, t3: 0, t4: 0 } };
  const gone = holding(LADDER.slice(1));
  const first = decide('tp-sl', gone, tpSlContext({ state: before, tpSl: before, nowMs: START_MS + 10 }));
  expect(first.actions).toEqual([]);
  expect(first.nextCheckInMs).toBe(1_000);

  const again = (ordersAtMs: number, positionAtMs: number): readonly Action[] => {
    const context = tpSlContext({ state: first.state, tpSl: first.state, nowMs: START_MS + 1_200 });
    return decide('tp-sl', { ...gone, ordersAtMs, positionAtMs }, context).actions;
  };
  const shown = START_MS + 1_010;
  expect(again(shown - 1, shown)).toEqual([]);
  expect(again(shown, shown - 1)).toEqual([]);
  expect(again(shown, shown)).toMatchObject([{ type: 'create', leg: 't1' }]);
});

test('F-25 F-40 of rows that a live stream vouches for one look is enough, when they must have told of it', () => {
  const before: TpSlState = { ...known(), placed: { t1: 0, t2: 0, t3: 0, t4: 0 } };
  const gone = { ...holding(LADDER.slice(1)), streamed: true };
  const first = decide('tp-sl', gone, tpSlContext({ state: before, tpSl: before, nowMs: START_MS + 10 }));
  expect(first.actions).toEqual([]);
  expect(first.nextCheckInMs).toBe(1_300);

  const look = (atMs: number, knownMs: number): Decision<'tp-sl'> => {
    const context = tpSlContext({ state: first.state, tpSl: first.state, nowMs: START_MS + atMs });
    return decide('tp-sl', { ...gone, ordersAtMs: START_MS + knownMs, positionAtMs: START_MS + knownMs }, context);
  };
  expect(look(500, 200)).toMatchObject({ actions: [], nextCheckInMs: 810 });
  expect(look(1_310, 1_010).actions).toMatchObject([{ type: 'create', leg: 't1' }]);
  expect(look(1_310, 1_009)).toMatchObject({ actions: [], nextCheckInMs: 1_000 });
});

test.each([
  ['its stream tells of all that comes: as late as any', true, 20_000],
  ['nobody vouches for its rows: each second', false, 1_000],
] as const)(
  'F-25 F-40 a take-profit that executed in full waits for nothing, and where %s',
  (_which, streamed, expected) => {
    const { breakeven: _breakeven, ...plan } = aPlan();
    const before: TpSlState = { ...known(), placed: { t1: 0, t2: 0, t3: 0, t4: 0 } };
    const filled = holding(LADDER.slice(1), '85');
    const { actions, state, nextCheckInMs } = decide(
      'tp-sl',
      { ...filled, ...(streamed && { streamed }) },
      tpSlContext({ state: before, tpSl: before, plan }),
    );
    expect(actions).toEqual([]);
    expect(state).toMatchObject({ filledTakeProfits: ['t1'], placed: { t1: START_MS } });
    expect(nextCheckInMs).toBe(expected);
  },
);

test('F-25 F-40 an order that is gone while its plan ends is looked for, since the plan ends with it', () => {
  const before: TpSlState = { ...known(), stage: 'closing', closingSinceMs: START_MS, placed: { t1: 0 } };
  const flat = aSnapshot({ streamed: true, executed: executed({ e0: '100', stop: '100' }) });
  const context = tpSlContext({ state: before, tpSl: before, nowMs: START_MS + 10 });
  expect(decide('tp-sl', flat, context).nextCheckInMs).toBe(1_300);
});

test('S-23 a plan whose position is flat is looked at when a live stream must have told of all that was left, and ends then', () => {
  const before: TpSlState = { ...known(), stage: 'closing', closingSinceMs: START_MS };
  const look = (nowMs: number, streamed = true) =>
    decide('tp-sl', flatAt(nowMs, streamed), tpSlContext({ state: before, tpSl: before, nowMs }));
  expect(look(START_MS + 100)).toMatchObject({ state: { stage: 'closing' }, nextCheckInMs: 5_200 });
  expect(look(START_MS + 5_299)).toMatchObject({ state: { stage: 'closing' }, nextCheckInMs: 250 });
  expect(look(START_MS + 5_300)).toMatchObject({ state: { stage: 'closed' } });
  expect(look(START_MS + 100, false)).toMatchObject({ state: { stage: 'closing' }, nextCheckInMs: 20_000 });

  const limitOrder: LimitOrderState = { ...initialState('limit-order'), placed: { e1: START_MS } };
  const nowMs = START_MS + 1_500;
  const beside = tpSlContext({ state: before, tpSl: before, limitOrder, nowMs }); // the other lane finds out in this moment
  expect(decide('tp-sl', flatAt(nowMs, true), beside)).toMatchObject({ nextCheckInMs: 3_800 });
});

test('F-25 a part of it that executed does not settle the rest: that may not be listed yet', () => {
  const before: TpSlState = { ...known(), placed: { t1: 0, t2: 0, t3: 0, t4: 0 } };
  const partly = holding(LADDER.slice(1), '40');
  const { actions } = decide('tp-sl', partly, tpSlContext({ state: before, tpSl: before }));
  expect(actions.filter(({ type }) => type === 'create')).toEqual([]);
});

test('F-25 an entry that vanished is placed again only on listings begun a second after it went missing', () => {
  const placed: LimitOrderState = { ...initialState('limit-order'), placed: { e0: 0, e1: 0 } };
  const missing = enter(aSnapshot(), placed, START_MS);
  const early = enter(seenAt(START_MS + 999), missing.state, START_MS + 1_200);
  expect(early.actions).toEqual([]);
  const torn = enter({ ...seenAt(START_MS + 1_100), positionAtMs: START_MS + 999 }, missing.state, START_MS + 1_200);
  expect(torn.actions).toEqual([]);
  expect(enter(seenAt(START_MS + 1_000), missing.state, START_MS + 1_200).actions).toHaveLength(2);
});

/** Flat after a stop, as a live stream shows it in this moment, or as a listing showed it at the beginning. */
function flatAt(nowMs: number, streamed: boolean): Snapshot {
  const knownMs = streamed ? nowMs - 300 : START_MS;
  const rows = aSnapshot({ executed: executed({ e0: '100', stop: '100' }) });
  return { ...rows, positionAtMs: knownMs, ordersAtMs: knownMs, ...(streamed && { streamed }) };
}

/** A position of 100, less what t1 has taken. */
function holding(orders: readonly OrderRow[], taken = '0'): Snapshot {
  const size = decimal('100') - decimal(taken);
  const sums = taken === '0' ? { e0: '100' } : { e0: '100', t1: taken };
  const rows = [...orders, aStopRow({ qty: size })];
  return aSnapshot({ position: aPosition({ size }), orders: rows, executed: executed(sums) });
}

function known(): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(executed({ e0: '100' })) };
}

function enter(snapshot: Snapshot, state: LimitOrderState, nowMs: number): Decision<'limit-order'> {
  return decide('limit-order', snapshot, limitOrderContext({ state, nowMs }));
}

function seenAt(atMs: number): Snapshot {
  return aSnapshot({ positionAtMs: atMs, ordersAtMs: atMs });
}
