import { expect, test } from 'vitest';
import { decide, decimal, initialState, settle } from '../src/index.ts';
import type { Action, OrderRow, Snapshot, TpSlState } from '../src/index.ts';
import {
  anInstrument,
  anOrder,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  prices,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

const LADDER = [
  aTakeProfitRow('t1', '85', '110'),
  aTakeProfitRow('t2', '5', '115'),
  aTakeProfitRow('t3', '5', '120'),
  aTakeProfitRow('t4', '5', '125'),
];

test('S-16 an open position gets one reduce-only limit per leg, at the price of its leg', () => {
  const created = actionsOn(holding([])).flatMap((action) => (action.type === 'create' ? [action.order] : []));
  expect(created.map(({ orderLinkId }) => orderLinkId.split('-')[2])).toEqual(['t1', 't2', 't3', 't4']);
  expect(created.map(({ price }) => price)).toEqual([110, 115, 120, 125].map((price) => decimal(`${price}`)));
  for (const order of created) expect(order).toMatchObject({ side: 'Sell', reduceOnly: true, timeInForce: 'GTC' });
});

test('F-21 whatever closes is reduce-only by its role, the exit as well', () => {
  const state: TpSlState = { ...initialState('tp-sl'), exit: { reason: 'operator', sinceMs: START_MS } };
  const [exit] = actionsOn(holding(LADDER), state);
  expect(exit).toMatchObject({
    leg: 'x',
    order: { orderType: 'Market', qty: 0n, reduceOnly: true, closeOnTrigger: true, side: 'Sell', positionIdx: 0 },
  });
});

test('F-21 a take-profit that could open a position goes before anything takes its place, on open books too', () => {
  const opener = aTakeProfitRow('t1', '85', '110', { reduceOnly: false });
  const cancel = { type: 'cancel', leg: 't1', budget: 'protective', reason: 'it could open a position' };
  expect(actionsOn(holding([opener, ...LADDER.slice(1)]))).toMatchObject([cancel]);
  const openBooks = { size: '200', sums: { e0: '100' } };
  expect(actionsOn(holding([opener, ...LADDER.slice(1)], openBooks))).toMatchObject([cancel]);

  const inHedgeMode = { ...opener, positionIdx: 1 } as const;
  expect(actionsOn(holding([inHedgeMode, ...LADDER.slice(1)]))).toEqual([]);
});

test('F-02 after an entry fill the ladder is sized for the whole position', () => {
  const grown = holding(LADDER, { size: '200', sums: { e0: '100', e1: '100' } });
  expect(amended(actionsOn(grown))).toEqual({
    t1: decimal('170'),
    t2: decimal('10'),
    t3: decimal('10'),
    t4: decimal('10'),
  });
});

test('S-19 with open books nothing of the ladder is touched, only the stop', () => {
  const ahead = holding(LADDER, { size: '200', sums: { e0: '100' }, stopLoss: '91' });
  expect(actionsOn(ahead).map(({ type }) => type)).toEqual(['set-stop']);
  const behind = { ...holding(LADDER, { sums: { e0: '100', e1: '100' } }), executionsSeq: 9 };
  expect(actionsOn(behind)).toEqual([]);
});

test('S-18 capacity that others hold is left to them, with a condition', () => {
  const foreign = anOrder({ orderId: 'theirs', reduceOnly: true, qty: decimal('20'), price: decimal('130') });
  const { actions, state } = decide('tp-sl', holding([...LADDER, foreign]), tpSlContext());
  expect(amended(actions)).toEqual({ t1: decimal('68'), t2: decimal('4'), t3: decimal('4'), t4: decimal('4') });
  expect(Object.keys(state.conditions).toSorted()).toEqual(['CapacityShortfall', 'ForeignOrder']);
});

test('S-24 a foreign order that waits for a trigger holds no capacity, and one on our side raises nothing', () => {
  const waiting = anOrder({
    orderId: 'a',
    side: 'Sell',
    reduceOnly: true,
    status: 'Untriggered',
    stopOrderType: 'Stop',
  });
  expect(actionsOn(holding([...LADDER, waiting]))).toEqual([]);
  const adding = anOrder({ orderId: 'b', side: 'Buy', price: decimal('80') });
  expect(decide('tp-sl', holding([...LADDER, adding]), tpSlContext()).state.conditions).toEqual({});
});

test('S-24 an order of the same plan id from another installation is foreign', () => {
  const theirs = aTakeProfitRow('t1', '20', '110', { orderLinkId: 'bs-xyzplanaaaaaaaa-t1-0-0' });
  const { actions } = decide('tp-sl', holding([...LADDER, theirs]), tpSlContext());
  expect(actions.map(({ type }) => type)).toEqual(['amend', 'amend', 'amend', 'amend']);
  expect(amended(actions)).toHaveProperty('t1', decimal('68'));
});

test('S-18 what gives capacity back goes alone, before anything takes it', () => {
  const skewed = [aTakeProfitRow('t1', '80', '110'), aTakeProfitRow('t2', '10', '115'), ...LADDER.slice(2)];
  expect(amended(actionsOn(holding(skewed)))).toEqual({ t2: decimal('5') });
});

test('S-18 an order that was cut below what was asked is a condition, asked for again only when the size changes', () => {
  const cut = aTakeProfitRow('t1', '80', '110');
  const asked: TpSlState = {
    ...known({ e0: '100' }),
    asked: { t1: decimal('85') },
    shown: leavesOf([cut, ...LADDER.slice(1)]),
  };
  const { actions, state } = decide(
    'tp-sl',
    holding([cut, ...LADDER.slice(1)]),
    tpSlContext({ state: asked, tpSl: asked }),
  );
  expect(actions).toEqual([]);
  expect(state.conditions).toHaveProperty('CapacityShortfall');

  const grown = holding([cut, ...LADDER.slice(1)], { size: '110', sums: { e0: '100', 'external-in': '10' } });
  expect(amended(actionsOn(grown, asked))).toHaveProperty('t1', decimal('93.5'));
});

test('S-18 an order that was cut while another leg held its capacity is asked for again when that one has given it back', () => {
  const asked: TpSlState = {
    ...known({ e0: '100' }),
    asked: { t1: decimal('85'), t2: decimal('5') },
    shown: { t1: decimal('90'), t2: decimal('10'), t3: decimal('5'), t4: decimal('5') },
  };
  const rows = holding([aTakeProfitRow('t1', '80', '110'), ...LADDER.slice(1)]);
  const { actions, state } = decide('tp-sl', rows, tpSlContext({ state: asked, tpSl: asked }));
  expect(amended(actions)).toEqual({ t1: decimal('85') });

  const [action] = actions;
  if (action === undefined) throw new Error('nothing to acknowledge');
  const settled = settle('tp-sl', state, [{ action, result: 'done' }], START_MS);
  expect(actionsOn(rows, settled)).toEqual([]);
});

test('S-28 a price that the exchange moved in our favour is no difference, one against us is', () => {
  const better = aTakeProfitRow('t1', '85', '110.5');
  expect(actionsOn(holding([better, ...LADDER.slice(1)]))).toEqual([]);
  const worse = aTakeProfitRow('t1', '85', '109.5');
  expect(actionsOn(holding([worse, ...LADDER.slice(1)]))).toMatchObject([
    { type: 'amend', amend: { price: decimal('110') } },
  ]);
});

test('F-20 a second order under one leg is cancelled, the newest generation stays', () => {
  const second = aTakeProfitRow('t2', '5', '115', { orderLinkId: LADDER[1]?.orderLinkId.replace(/0$/, '1') ?? '' });
  expect(actionsOn(holding([...LADDER, second]))).toMatchObject([
    { type: 'cancel', leg: 't2', cancel: { orderId: 'id-bs-abcplanaaaaaaaa-t2-0-0' } },
  ]);
});

test('F-25 a filled take-profit is not created again', () => {
  const filled = holding(LADDER.slice(1), { size: '15', sums: { e0: '100', t1: '85' }, stopLoss: '100.12' });
  const { actions, state } = decide('tp-sl', filled, tpSlContext());
  expect(actions).toEqual([]);
  expect(state.filledTakeProfits).toEqual(['t1']);
});

test('F-07 a partial fill of a take-profit is told, and is not its fill', () => {
  const partly = aTakeProfitRow('t1', '85', '110', { cumExecQty: decimal('50') });
  const snapshot = holding([partly, ...LADDER.slice(1)], { size: '50', sums: { e0: '100', t1: '50' } });
  const { actions, state, events } = decide(
    'tp-sl',
    snapshot,
    tpSlContext({ state: known({ e0: '100' }), tpSl: known({ e0: '100' }) }),
  );
  expect(actions).toEqual([]);
  expect(state).toMatchObject({ stage: 'open', filledTakeProfits: [] });
  expect(events.filter(({ type }) => type === 'take-profit-filled')).toMatchObject([
    { id: 'planaaaaaaaa:t1:50', detail: { qty: '50', total: '50', isFilled: 0 } },
  ]);
});

test('F-06 what somebody else closed is an external change, and no take-profit is filled by it', () => {
  const snapshot = holding(LADDER, { size: '15', sums: { e0: '100', 'external-out': '85' } });
  const { state, events } = decide(
    'tp-sl',
    snapshot,
    tpSlContext({ state: known({ e0: '100' }), tpSl: known({ e0: '100' }) }),
  );
  expect(state.filledTakeProfits).toEqual([]);
  expect(events.map(({ type }) => type)).toContain('external-change');
});

test('F-18 a fill that a state claims and nothing executed is taken back: nothing comes of it', () => {
  const claimed: TpSlState = { ...known({ e0: '100' }), filledTakeProfits: ['t1'] };
  const { actions, state } = decide('tp-sl', holding(LADDER), tpSlContext({ state: claimed, tpSl: claimed }));
  expect(actions).toEqual([]);
  expect(state).toMatchObject({ stage: 'open', filledTakeProfits: [] });
});

test('F-01 a take-profit that was filled once stays so when a late entry raises its share', () => {
  const before: TpSlState = { ...known({ e0: '100', t1: '85' }), stage: 'scaled-out', filledTakeProfits: ['t1'] };
  const late = holding(LADDER.slice(1), { size: '115', sums: { e0: '100', e1: '100', t1: '85' } });
  const higher = { ...late, prices: prices('105') };
  const { state, actions } = decide('tp-sl', higher, tpSlContext({ state: before, tpSl: before }));
  expect(state.filledTakeProfits).toEqual(['t1']);
  expect(actions).toContainEqual(expect.objectContaining({ type: 'create', leg: 't1' }));
});

test('S-25 the next order of a leg that executed and ended gets a new id', () => {
  const before: TpSlState = { ...known({ e0: '100' }), stage: 'open' };
  const late = holding(LADDER.slice(1), { size: '115', sums: { e0: '100', e1: '100', t1: '85' } });
  const actions = actionsOn(late, before);
  const created = actions.flatMap((action) => (action.type === 'create' ? [action.order.orderLinkId] : []));
  expect(created).toEqual(['bs-abcplanaaaaaaaa-t1-0-1']);
});

test('rows that are older than a fill of their leg give no take-profit action', () => {
  const stale = holding(LADDER, { size: '60', sums: { e0: '100', t1: '40' } });
  expect(actionsOn(stale, known({ e0: '100' }))).toEqual([]);
});

test('a position under the minimum gets no take-profit order', () => {
  const tiny = {
    ...holding([], { size: '5', sums: { e0: '5' } }),
    instrument: anInstrument({ minOrderQty: decimal('6') }),
  };
  expect(actionsOn(tiny)).toEqual([]);
});

test('110017 on a take-profit is probed slowly, not repeated', () => {
  const action = actionsOn(holding(LADDER.slice(1))).at(0);
  if (action === undefined) throw new Error('nothing to refuse');
  const refusal = {
    action,
    result: 'refused',
    reason: 'no-capacity',
    code: 110_017,
    message: 'truncated to zero',
  } as const;
  const refused = settle('tp-sl', known({ e0: '100' }), [refusal, refusal, refusal], START_MS);
  const { actions, state, nextCheckInMs } = decide(
    'tp-sl',
    holding(LADDER.slice(1)),
    tpSlContext({ state: refused, tpSl: refused }),
  );
  expect(actions).toEqual([]);
  expect(state.conditions).toHaveProperty('ActionFailing');
  expect(nextCheckInMs).toBe(15_000);
});

interface Holding {
  readonly size?: string;
  readonly sums?: Readonly<Record<string, string>>;
  readonly stopLoss?: string;
}

function leavesOf(rows: readonly OrderRow[]): NonNullable<TpSlState['shown']> {
  return Object.fromEntries(rows.map(({ orderLinkId, leavesQty }) => [orderLinkId.split('-')[2], leavesQty]));
}

function holding(
  rows: readonly OrderRow[],
  { size = '100', sums = { e0: size }, stopLoss = '90' }: Holding = {},
): Snapshot {
  const stop = aStopRow({ qty: decimal(size), triggerPrice: decimal(stopLoss) });
  return aSnapshot({
    position: aPosition({ size: decimal(size), stopLoss: decimal(stopLoss) }),
    orders: [...rows, stop],
    executed: executed(sums),
  });
}

function known(sums: Readonly<Record<string, string>>): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(executed(sums)) };
}

function actionsOn(snapshot: Snapshot, state: TpSlState = initialState('tp-sl')): readonly Action[] {
  return decide('tp-sl', snapshot, tpSlContext({ plan: aPlan(), state, tpSl: state })).actions;
}

function amended(actions: readonly Action[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    actions.flatMap((action) => (action.type === 'amend' ? [[action.leg, action.amend.qty]] : [])),
  );
}
