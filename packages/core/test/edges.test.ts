import { expect, test } from 'vitest';
import { decide, decimal, initialState } from '../src/index.ts';
import type { Decision, LimitOrderState, Plan, Snapshot, TpSlState, TriggerBy } from '../src/index.ts';
import { distribute } from '../src/ladder.ts';
import {
  anEntryRow,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  ladder,
  limitOrderContext,
  marketEntry,
  ownLinkId,
  prices,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

const OPEN = { executed: executed({ e0: '100' }), position: aPosition(), orders: [aStopRow()] };

test.each<TriggerBy>(['LastPrice', 'MarkPrice', 'IndexPrice'])(
  'S-04 a stop by %s is passed by that price alone',
  (triggerBy) => {
    const plan = aPlan({ stopLoss: { triggerPrice: decimal('90'), triggerBy } });
    const names = { LastPrice: 'last', MarkPrice: 'mark', IndexPrice: 'index' } as const;
    const through = { ...prices('100'), [names[triggerBy]]: decimal('89') };
    const open = aSnapshot({ ...OPEN, orders: [aStopRow({ triggerBy })], positionAtMs: START_MS + 5_000 });
    const exitOn = (seen: typeof through): unknown =>
      look({ ...open, prices: seen }, opened(), { plan, atMs: 5_000 }).state.exit;
    expect(exitOn(through)).toMatchObject({ reason: 'through-stop' });

    const others = { ...prices('89'), [names[triggerBy]]: decimal('100') };
    expect(exitOn(others)).toBeUndefined();
  },
);

test('S-19 a stop that executed is not judged by a position row from before it: nobody leaves twice', () => {
  const behind = { ...OPEN, executed: executed({ e0: '100', stop: '100' }), executionsSeq: 2, orders: [] };
  const { state, actions } = look(aSnapshot({ ...behind, position: aPosition({ seq: 1 }) }), opened());
  expect(state.exit).toBeUndefined();
  expect(actions.filter(({ type }) => type === 'create')).toEqual([]);
});

test('S-14 an exit ends at flat: what somebody opens afterwards is not left', () => {
  const leaving: TpSlState = { ...opened(), exit: { reason: 'operator', sinceMs: START_MS } };
  const out = { e0: '100', x: '100' };
  const flat = look(aSnapshot({ executed: executed(out) }), leaving);
  expect(flat.state.exit).toBeUndefined();

  const theirs = aSnapshot({
    executed: executed({ ...out, 'external-in': '50' }),
    position: aPosition({ size: decimal('50'), stopLoss: undefined }),
  });
  expect(look(theirs, flat.state, { atMs: 100 }).actions).toEqual([]);
});

test('S-10 a position that is being left is not trailed any more', () => {
  const plan = aPlan({ trailingStop: { distance: decimal('3') } });
  expect(look(aSnapshot(OPEN), opened(), { plan }).actions).toContainEqual(
    expect.objectContaining({
      type: 'set-stop',
      stop: expect.objectContaining({ trailing: { distance: decimal('3') } }),
    }),
  );

  const leaving: TpSlState = { ...opened(), exit: { reason: 'operator', sinceMs: START_MS } };
  expect(look(aSnapshot(OPEN), leaving, { plan }).actions).toMatchObject([{ type: 'create', leg: 'x' }]);
});

test('S-22 after flat the tighter stop that a late entry brought is not loosened to the plan its own', () => {
  const before = { e0: '100', stop: '100' };
  const flat = look(aSnapshot({ executed: executed(before) }), opened());
  expect(flat.state.stage).toBe('closing');

  const size = decimal('30');
  const late = aSnapshot({
    executed: executed({ ...before, e1: '30' }),
    position: aPosition({ size, stopLoss: decimal('94') }),
    orders: [aStopRow({ qty: size, triggerPrice: decimal('94') })],
  });
  const { actions, state } = look(late, flat.state, { atMs: 100 });
  expect(state.exit?.reason).toBe('entry-after-flat');
  expect(actions.map(({ type }) => type)).toEqual(['create']);
});

test('S-21 an entry does not end because the market touched the stop after something was entered', () => {
  const touched = aSnapshot({ ...OPEN, prices: prices('90') });
  const { state } = enter(touched, initialState('limit-order'));
  expect(state.ended).toEqual({});
});

test('F-40 a market entry that waits for a price is looked at each second, and when its deadline comes', () => {
  const plan = aPlan({ entries: [marketEntry('100')] });
  const { actions, nextCheckInMs } = enter(aSnapshot({ prices: undefined }), initialState('limit-order'), {
    plan,
    atMs: 29_400,
  });
  expect(actions).toEqual([]);
  expect(nextCheckInMs).toBe(600);
});

test('S-09 where the market is through the new level the tightest of the levels that stood holds, whichever was told last', () => {
  const plan = aPlan({ breakeven: { afterTakeProfit: 1, ifThrough: 'keep' } });
  const scaled = aSnapshot({
    executed: executed({ e0: '100', t1: '85' }),
    position: aPosition({ size: decimal('15') }),
    orders: [aStopRow({ qty: decimal('15') }), ...rungs()],
    prices: prices('98'),
  });
  const levelFrom = (confirmedStop: string, acknowledgedStop: string): unknown => {
    const standing = { confirmedStop: decimal(confirmedStop), acknowledgedStop: decimal(acknowledgedStop) };
    return look(scaled, { ...opened(), ...standing }, { plan }).actions.find(({ type }) => type === 'set-stop');
  };
  expect(levelFrom('92', '94')).toMatchObject({ stop: { triggerPrice: decimal('94') } });
  expect(levelFrom('94', '92')).toMatchObject({ stop: { triggerPrice: decimal('94') } });
});

test('S-13 the size of a take-profit is amended on settled rows only, and a stop or a cancel at any time', () => {
  const grown = aSnapshot({
    executed: executed({ e0: '100', e1: '50' }),
    position: aPosition({ size: decimal('150'), stopLoss: decimal('89') }),
    orders: [aStopRow(), aTakeProfitRow('t1', '85', '110'), anEntryRow('e9', '5', '80')],
  });
  const { actions } = look(grown, opened());
  const absolute = actions.map(({ type, absolute: isAbsolute }) => [type, isAbsolute]);
  expect(absolute).toContainEqual(['amend', false]);
  expect(absolute).toContainEqual(['set-stop', true]);
  expect(absolute).not.toContainEqual(['amend', true]);
});

test('S-16 a leg of exactly the minimum is an order of its own, and one step less is not', () => {
  const legs = ladder(['110', 50], ['120', 50]).map((rung) => ({
    ...rung,
    executed: 0n,
    executedOfWorking: 0n,
    isFilled: false,
  }));
  const rules = { qtyStep: decimal('0.1'), minOrderQty: decimal('5'), exitMinNotional: 0n };
  expect([...distribute(decimal('10'), legs, rules).targets.values()]).toEqual([decimal('5'), decimal('5')]);
  expect([...distribute(decimal('9.8'), legs, rules).targets.values()]).toEqual([decimal('9.8'), 0n]);
});

test('F-07 the rest of a partly filled order is an order, however small it is', () => {
  const [near, far] = ladder(['110', 50], ['120', 50]);
  if (near === undefined || far === undefined) throw new Error('two legs');
  const rules = { qtyStep: decimal('0.1'), minOrderQty: decimal('5'), exitMinNotional: 0n };
  const progress = [
    { ...near, executed: decimal('48'), executedOfWorking: decimal('48'), isFilled: false },
    { ...far, executed: 0n, executedOfWorking: 0n, isFilled: false },
  ];
  const { targets, hosts } = distribute(decimal('52'), progress, rules);
  expect([...targets.values()]).toEqual([decimal('2'), decimal('50')]);
  expect(hosts.size).toBe(0);
});

test('S-21 prices of 15 seconds ago serve, and older ones are none: no market entry is sent on them', () => {
  const plan = aPlan({ entries: [marketEntry('100')] });
  const sentAt = (atMs: number): number =>
    enter(aSnapshot(), initialState('limit-order'), { plan, atMs }).actions.length;
  expect(sentAt(15_000)).toBe(1);
  expect(sentAt(15_001)).toBe(0);
});

test('S-23 a position that somebody turned round is not ours: no stop and no take-profit of a long on a short', () => {
  const turned = aSnapshot({
    executed: executed({ e0: '100', 'external-out': '100', 'external-in': '50' }),
    position: aPosition({ side: 'Sell', size: decimal('50'), stopLoss: undefined }),
  });
  const { actions, state } = look(turned, opened());
  expect(actions).toEqual([]);
  expect(state).toMatchObject({ stage: 'closing', closeReason: 'external' });
});

test.each(['Liq', 'Adl'])('S-12 while the position status is %s nothing is sent, and that is a condition', (status) => {
  const naked = { ...OPEN, position: aPosition({ status, stopLoss: undefined }), orders: [] };
  const { actions, state } = look(aSnapshot(naked), opened());
  expect(actions).toEqual([]);
  expect(state.conditions).toHaveProperty('PositionBusy');
  expect(enter(aSnapshot(naked), initialState('limit-order')).actions).toEqual([]);
});

test('S-25 an order of a higher generation than ours, whose state was lost, is adopted with its generation', () => {
  const row = aTakeProfitRow('t1', '85', '110', { orderLinkId: ownLinkId('t1', 3) });
  const { state } = look(aSnapshot({ ...OPEN, orders: [aStopRow(), row] }), opened());
  expect(state.generations).toEqual({ t1: 3 });

  const done = aSnapshot({
    ...OPEN,
    executed: executed({ e0: '100', t1: '40' }),
    position: aPosition({ size: decimal('60') }),
  });
  expect(look(done, state, { atMs: 5_000 }).state.generations).toEqual({ t1: 4 });
});

test('S-21 a plan is not over while one of its entries is still to come', () => {
  const ended: LimitOrderState = {
    ...initialState('limit-order'),
    ended: { e0: 'past its deadline' },
    endedAtMs: START_MS,
  };
  const later = { positionAtMs: START_MS + 60_000, ordersAtMs: START_MS + 60_000 };
  const stageWith = (limitOrder: LimitOrderState): unknown => {
    const state = initialState('tp-sl');
    const context = tpSlContext({ state, tpSl: state, limitOrder, nowMs: START_MS + 60_000 });
    return decide('tp-sl', aSnapshot({ ...later, executionsSeq: -1 }), context).state.stage;
  };
  expect(stageWith(ended)).toBe('waiting');
  expect(stageWith({ ...ended, ended: { ...ended.ended, e1: 'expired' } })).toBe('closed');
});

test('S-23 the epoch is bound to the first position: one that is opened anew does not move it', () => {
  const first = look(aSnapshot({ ...OPEN, position: aPosition({ openTimeMs: START_MS }) }), opened());
  expect(first.state.openTimeMs).toBe(START_MS);

  const anew = aSnapshot({ ...OPEN, position: aPosition({ openTimeMs: START_MS + 500 }) });
  const { state } = look(anew, first.state, { atMs: 1_000 });
  expect(state).toMatchObject({ stage: 'closing', openTimeMs: START_MS });
});

function rungs(): Snapshot['orders'] {
  return ['115', '120', '125'].map((price, index) => aTakeProfitRow(`t${index + 2}`, '5', price));
}

function opened(): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(OPEN.executed) };
}

interface With {
  readonly plan?: Plan;
  readonly atMs?: number;
}

function look(snapshot: Snapshot, state: TpSlState, { plan = aPlan(), atMs = 0 }: With = {}): Decision<'tp-sl'> {
  return decide('tp-sl', snapshot, tpSlContext({ plan, state, tpSl: state, nowMs: START_MS + atMs }));
}

function enter(
  snapshot: Snapshot,
  state: LimitOrderState,
  { plan = aPlan(), atMs = 0 }: With = {},
): Decision<'limit-order'> {
  return decide('limit-order', snapshot, limitOrderContext({ plan, state, tpSl: opened(), nowMs: START_MS + atMs }));
}
