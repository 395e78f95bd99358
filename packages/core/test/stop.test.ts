import { expect, test } from 'vitest';
import { decide, decimal, initialState, settle } from '../src/index.ts';
import type { Action, Plan, Snapshot, TpSlState } from '../src/index.ts';
import {
  anEntryRow,
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

const BREAKEVEN = decimal('100.12');
const BEYOND = [aTakeProfitRow('t2', '5', '115'), aTakeProfitRow('t3', '5', '120'), aTakeProfitRow('t4', '5', '125')];
/** Past the first take-profit, the stop still where the plan had it. */
const SCALED = aSnapshot({
  position: aPosition({ size: decimal('15') }),
  orders: [aStopRow({ qty: decimal('15') }), ...BEYOND],
  executed: executed({ e0: '100', t1: '85' }),
  prices: prices('109'),
});

test('S-01 an open position without its stop gets exactly the plan stop, first of all', () => {
  const naked = aSnapshot({ position: aPosition({ stopLoss: undefined }), executed: executed({ e0: '100' }) });
  const { actions, state } = decideOn(naked);
  expect(actions[0]).toMatchObject({
    type: 'set-stop',
    budget: 'protective',
    stop: { triggerPrice: decimal('90'), triggerBy: 'LastPrice', positionIdx: 0 },
  });
  expect(state.conditions).toHaveProperty('NoStop');
});

test('S-03 the stop counts as set only when both rows show its price and source', () => {
  const position = aPosition();
  const full = { position, executed: executed({ e0: '100' }) };
  const wrong = [
    aSnapshot(full),
    aSnapshot({ ...full, orders: [aStopRow({ triggerPrice: decimal('89') })] }),
    aSnapshot({ ...full, orders: [aStopRow({ triggerBy: 'MarkPrice' })] }),
    aSnapshot({ ...full, position: { ...position, stopLoss: decimal('91') }, orders: [aStopRow()] }),
  ];
  for (const snapshot of wrong) expect(decideOn(snapshot).actions[0]?.type).toBe('set-stop');
  expect(decideOn(aSnapshot({ ...full, orders: [aStopRow()] })).actions.map(({ type }) => type)).not.toContain(
    'set-stop',
  );
});

test('S-12 while the exchange liquidates nothing is sent, and that is a condition', () => {
  const position = aPosition({ status: 'Liq', stopLoss: undefined });
  const { actions, state } = decideOn(aSnapshot({ position, executed: executed({ e0: '100' }) }));
  expect(actions).toEqual([]);
  expect(state.conditions).toHaveProperty('PositionBusy');
});

test('S-12 a stop beyond the liquidation price is a condition', () => {
  const position = aPosition({ liqPrice: decimal('91') });
  const { state } = decideOn(aSnapshot({ position, orders: [aStopRow()], executed: executed({ e0: '100' }) }));
  expect(state.conditions).toHaveProperty('StopBeyondLiquidation');
});

test('S-08 breakeven is the average plus the fees really paid and the closing fee, rounded away from loss', () => {
  const { actions } = decideOn(SCALED);
  expect(levelOf(actions)).toBe(BREAKEVEN);
  const dear = new Map([
    ...SCALED.executed,
    ['e0', { qty: decimal('100'), value: decimal('10000'), fee: decimal('20') }] as const,
  ]);
  expect(levelOf(decideOn({ ...SCALED, executed: dear }).actions)).toBe(decimal('100.26'));
});

test('S-08 breakeven of a short lies below its average', () => {
  const plan = short();
  const snapshot = aSnapshot({
    position: aPosition({ side: 'Sell', size: decimal('15'), stopLoss: decimal('110') }),
    executed: executed({ e0: '100', t1: '85' }),
    prices: prices('91'),
  });
  expect(levelOf(decideOn(snapshot, { plan }).actions)).toBe(decimal('99.89'));
});

test('S-08 breakeven that is wanted once stays, whatever a row says of the average, until an entry fills', () => {
  const wanted = decideOn(SCALED).state;
  const flickering = { ...SCALED, position: aPosition({ size: decimal('15'), averagePrice: decimal('99.5') }) };
  expect(levelOf(decideOn(flickering, { state: wanted }).actions)).toBe(BREAKEVEN);
});

test('S-08 S-09 what others add tightens breakeven to the new average and never loosens it', () => {
  const wanted = decideOn(SCALED).state;
  const added = (averagePrice: string): Snapshot => ({
    ...SCALED,
    position: aPosition({ size: decimal('30'), averagePrice: decimal(averagePrice) }),
    executed: executed({ e0: '100', t1: '85', 'external-in': '15' }),
  });

  expect(decideOn(added('101'), { state: wanted }).state.breakeven).toBe(decimal('101.12'));
  expect(decideOn(added('99'), { state: wanted }).state.breakeven).toBe(BREAKEVEN);
});

test('F-18 breakeven is wanted until the rows show it; an acknowledgement sets nothing', () => {
  const first = decideOn(SCALED);
  const [setStop] = first.actions;
  if (setStop === undefined) throw new Error('nothing to acknowledge');
  const settled = settle('tp-sl', first.state, [{ action: setStop, result: 'done' }], START_MS);
  expect(settled.confirmedStop).toBeUndefined();
  expect(levelOf(decideOn(SCALED, { state: settled }).actions)).toBe(BREAKEVEN);

  const shown = moved(SCALED, BREAKEVEN);
  const { actions, state, events } = decideOn(shown, { state: settled });
  expect(actions).toEqual([]);
  expect(state.confirmedStop).toBe(BREAKEVEN);
  expect(events.map(({ id }) => id)).toEqual(['planaaaaaaaa:stop:100.12:100']);
});

test('F-19 a level that the market is through already is no stop: exit, where the plan says so', () => {
  const { actions, state } = decideOn({ ...SCALED, prices: prices('100.12') });
  expect(actions).toMatchObject([{ type: 'create', leg: 'x', budget: 'protective' }]);
  expect(state.exit?.reason).toBe('through-breakeven');
});

test('F-19 or the stop that stands is kept, and moved when the market is back', () => {
  const plan = aPlan({ breakeven: { afterTakeProfit: 1, ifThrough: 'keep' } });
  const through = decideOn({ ...SCALED, prices: prices('100.1') }, { plan });
  expect(through.actions).toEqual([]);
  expect(through.state.exit).toBeUndefined();
  expect(levelOf(decideOn(SCALED, { plan, state: through.state }).actions)).toBe(BREAKEVEN);
});

test('S-09 prices from before the fill are no evidence: the exchange is asked, and its refusal decides', () => {
  const old = { ...SCALED, prices: prices('99', START_MS - 2_000) };
  const first = decideOn(old);
  expect(levelOf(first.actions)).toBe(BREAKEVEN);

  const [action] = first.actions;
  if (action === undefined) throw new Error('nothing to refuse');
  const refusal = { action, result: 'refused', reason: 'through-market', code: 10_001, message: '' } as const;
  const refused = settle('tp-sl', first.state, [refusal], START_MS);
  expect(decideOn(old, { state: refused }).state.exit?.reason).toBe('through-breakeven');
});

test('S-09 a stop that was acknowledged is not moved back because older rows do not show it while the market is through', () => {
  const plan = aPlan({ breakeven: { afterTakeProfit: 1, ifThrough: 'keep' } });
  const first = decideOn(SCALED, { plan });
  const [action] = first.actions;
  if (action === undefined) throw new Error('nothing to acknowledge');
  const settled = settle('tp-sl', first.state, [{ action, result: 'done' }], START_MS);
  const through = { ...SCALED, prices: prices('100') };
  expect(levelOf(decideOn(through, { plan, state: settled }).actions)).toBe(BREAKEVEN);

  const refusal = { action, result: 'refused', reason: 'through-market', code: 10_001, message: '' } as const;
  const refused = settle('tp-sl', settled, [refusal], START_MS);
  expect(refused.acknowledgedStop).toBeUndefined();
  expect(decideOn(through, { plan, state: refused, nowMs: START_MS + 5_000 }).actions).toEqual([]);
});

test('S-22 what was acknowledged for a position that has ended says nothing about the next one', () => {
  const state: TpSlState = { ...opened(), stage: 'scaled-out', acknowledgedStop: BREAKEVEN };
  const flat = aSnapshot({ executed: executed({ e0: '100', stop: '100' }) });
  expect(decideOn(flat, { state }).state.acknowledgedStop).toBeUndefined();

  const again = aSnapshot({
    position: aPosition({ size: decimal('50') }),
    executed: executed({ e0: '100', e1: '50', stop: '100' }),
  });
  expect(decideOn(again, { state }).state.acknowledgedStop).toBeUndefined();
});

test('S-02 resting entries are told of a stop that moved, in the same decision', () => {
  const plan = aPlan({
    entries: [
      { leg: 'e0', type: 'Market', qty: decimal('100') },
      { leg: 'e1', type: 'Limit', qty: decimal('100'), price: decimal('105') },
    ],
  });
  const { cancelEntriesAfterTakeProfit: _after, ...patient } = plan;
  const resting = { ...SCALED, orders: [...SCALED.orders, anEntryRow('e1', '100', '105')] };
  expect(decideOn(resting, { plan: patient }).actions).toMatchObject([
    { type: 'set-stop' },
    { type: 'amend', leg: 'e1', budget: 'protective', amend: { stopLoss: BREAKEVEN, slTriggerBy: 'LastPrice' } },
  ]);
});

test('S-02 a partly filled entry can no longer be told: its rest is cancelled', () => {
  const partly = anEntryRow('e1', '100', '95', { cumExecQty: decimal('30'), stopLoss: decimal('89') });
  const snapshot = aSnapshot({
    position: aPosition({ size: decimal('130') }),
    orders: [aStopRow({ qty: decimal('130') }), partly],
    executed: executed({ e0: '100', e1: '30' }),
  });
  expect(decideOn(snapshot).actions[0]).toMatchObject({ type: 'cancel', leg: 'e1', budget: 'protective' });
});

test('a position that none of our entries opened is left alone', () => {
  const theirs = aSnapshot({ position: aPosition({ stopLoss: undefined }), orders: [anOrder()] });
  expect(decideOn(theirs).actions).toEqual([]);
});

test('F-24 the same refusal of a stop three times is a condition, and is probed', () => {
  const naked = aSnapshot({ position: aPosition({ stopLoss: undefined }), executed: executed({ e0: '100' }) });
  const first = decideOn(naked, { state: opened() });
  const [action] = first.actions;
  if (action === undefined) throw new Error('nothing to refuse');
  const refusal = { action, result: 'refused', reason: 'rejected', code: 10_001, message: 'no' } as const;
  const refused = settle('tp-sl', first.state, [refusal, refusal, refusal], START_MS);
  const held = decideOn(naked, { state: refused, nowMs: START_MS + 4_999 });
  expect(levelOf(held.actions)).toBeUndefined();
  expect(held.state.conditions).toHaveProperty('StopRejected');
  expect(levelOf(decideOn(naked, { state: refused, nowMs: START_MS + 5_000 }).actions)).toBe(decimal('90'));
});

interface With {
  readonly plan?: Plan;
  readonly state?: TpSlState;
  readonly nowMs?: number;
}

function decideOn(
  snapshot: Snapshot,
  { state = initialState('tp-sl'), ...rest }: With = {},
): ReturnType<typeof decide<'tp-sl'>> {
  return decide('tp-sl', snapshot, tpSlContext({ state, tpSl: state, ...rest }));
}

function opened(): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(executed({ e0: '100' })) };
}

function levelOf(actions: readonly Action[]): bigint | undefined {
  return actions.flatMap((action) => (action.type === 'set-stop' ? [action.stop.triggerPrice] : [])).at(0);
}

function moved(snapshot: Snapshot, level: bigint): Snapshot {
  const orders = snapshot.orders.map((row) => (row.orderId === 'stop' ? { ...row, triggerPrice: level } : row));
  return { ...snapshot, orders, position: aPosition({ size: decimal('15'), stopLoss: level }) };
}

function short(): Plan {
  return aPlan({
    side: 'Sell',
    entries: [{ leg: 'e0', type: 'Market', qty: decimal('100') }],
    takeProfits: aPlan().takeProfits.map((rung, index) => ({ ...rung, price: decimal(`${90 - 5 * index}`) })),
    stopLoss: { triggerPrice: decimal('110'), triggerBy: 'LastPrice' },
  });
}
