import { expect, test } from 'vitest';
import { decide, decimal, initialState, ONE } from '../src/index.ts';
import type { Action, Decision, Plan, Snapshot, TpSlState } from '../src/index.ts';
import { distribute } from '../src/ladder.ts';
import {
  anInstrument,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  ladder,
  limitEntry,
  limitOrderContext,
  marketEntry,
  prices,
  tpSlContext,
} from '../testing/index.ts';

/** Rules of the symbol that became coarser after the plan was accepted. */
const COARSE = anInstrument({ tickSize: decimal('0.5'), qtyStep: decimal('2'), minOrderQty: decimal('2') });
const OPEN = { position: aPosition(), orders: [aStopRow()], executed: executed({ e0: '100' }), instrument: COARSE };

test('F-30 after a coarser tick the plan stop is set on the tick, away from loss', () => {
  const naked = aSnapshot({ ...OPEN, position: aPosition({ stopLoss: undefined }), orders: [] });
  expect(stopOf(decideOn(naked, aPlan(stopAt('90.13'))).actions)).toBe(decimal('90.5'));
  const short = aPlan({ side: 'Sell', takeProfits: ladder(['90', 100]), ...stopAt('110.13') });
  const sold = { ...naked, position: aPosition({ side: 'Sell', stopLoss: undefined }) };
  expect(stopOf(decideOn(sold, short).actions)).toBe(decimal('110'));
});

test('S-08 after a coarser tick the breakeven that was remembered is asked for on the tick, away from loss', () => {
  const scaled = aSnapshot({
    ...OPEN,
    position: aPosition({ size: decimal('15') }),
    orders: [aStopRow({ qty: decimal('15') })],
    executed: executed({ e0: '100', t1: '85' }),
    prices: prices('109'),
  });
  const fine = decideOn({ ...scaled, instrument: anInstrument() });
  expect(stopOf(fine.actions)).toBe(decimal('100.12'));
  expect(stopOf(decideOn(scaled, aPlan(), fine.state).actions)).toBe(decimal('100.5'));
});

test('S-09 after a coarser tick a step of the stop is asked for on the tick', () => {
  const plan = aPlan({
    takeProfits: ladder(['110.2', 50], ['115', 25], ['120', 25]),
    stopLoss: { triggerPrice: decimal('90'), triggerBy: 'LastPrice', steps: { ifThrough: 'keep' } },
  });
  const stepped = aSnapshot({
    ...OPEN,
    position: aPosition({ size: decimal('26') }),
    executed: executed({ e0: '100', t1: '50', t2: '24' }),
    prices: prices('116'),
  });
  expect(stopOf(decideOn(stepped, plan).actions)).toBe(decimal('110.5'));
});

test("F-30 after a coarser tick the operator's stop that went is set again on the tick", () => {
  const plan = aPlan({ externalChanges: { policy: 'respect' } });
  const operatorStop = { level: decimal('92.13'), instead: decimal('90') };
  const state: TpSlState = { ...initialState('tp-sl'), stage: 'open', operatorStop };
  const gone = aSnapshot({ ...OPEN, position: aPosition({ stopLoss: undefined }), orders: [] });
  expect(stopOf(decideOn(gone, plan, state).actions)).toBe(decimal('92.5'));
});

test('F-30 after coarser rules entries go on the tick and on the step, and never for more or dearer than planned', () => {
  const plan = aPlan({ entries: [marketEntry('101.3'), limitEntry('e1', '33.3', '95.7')], ...stopAt('90.13') });
  const { actions } = decide('limit-order', aSnapshot({ instrument: COARSE }), limitOrderContext({ plan }));
  const stopLoss = decimal('90.5');
  expect(actions).toMatchObject([
    { leg: 'e0', order: { qty: decimal('100'), stopLoss } },
    { leg: 'e1', order: { qty: decimal('32'), price: decimal('95.5'), stopLoss } },
  ]);
});

test('F-30 after coarser rules take-profits are placed on the tick and on the step; one that rests where it was planned stays', () => {
  const plan = aPlan({ takeProfits: ladder(['110.2', 50], ['115', 50]) });
  const odd = { ...OPEN, position: aPosition({ size: decimal('101') }), executed: executed({ e0: '101' }) };
  const placed = decideOn(aSnapshot(odd), plan).actions.flatMap((action) =>
    action.type === 'create' ? [[action.leg, action.order.qty, action.order.price]] : [],
  );
  expect(placed).toEqual([
    ['t1', decimal('50'), decimal('110.5')],
    ['t2', decimal('50'), decimal('115')],
  ]);
  const rests = [aStopRow(), aTakeProfitRow('t1', '50', '110.2'), aTakeProfitRow('t2', '50', '115')];
  expect(decideOn(aSnapshot({ ...odd, orders: rests }), plan).actions).toEqual([]);
});

test('F-30 after a coarser step the remainder leg is amended to a multiple of the step, what is left under it is in no leg', () => {
  const plan = aPlan({ takeProfits: ladder(['110', 34], ['115', 33], ['120', 33]) });
  const filled = aSnapshot({
    ...OPEN,
    position: aPosition({ size: decimal('475') }),
    orders: [aStopRow(), aTakeProfitRow('t2', '240', '115'), aTakeProfitRow('t3', '241', '120')],
    executed: executed({ e0: '722', t1: '247' }),
    prices: prices('112'),
  });
  const asked = decideOn(filled, plan).actions.flatMap((action) => (action.type === 'amend' ? [action.amend.qty] : []));
  expect(asked).toEqual([decimal('234'), decimal('240')]);
});

test('S-17 after a coarser step a leg of which less than a step is left is filled, and the stop goes to breakeven', () => {
  const plan = aPlan({ takeProfits: ladder(['110', 50], ['115', 50]) });
  const after = (t1: string, size: string): TpSlState => {
    const position = aPosition({ size: decimal(size) });
    return decideOn(
      aSnapshot({ ...OPEN, position, executed: executed({ e0: '100', t1 }), prices: prices('112') }),
      plan,
    ).state;
  };
  expect(after('49', '51')).toMatchObject({ filledTakeProfits: ['t1'], breakeven: decimal('100.5') });
  expect(after('48', '52').filledTakeProfits).toEqual([]);
});

test('S-16 an order that filled in part under another step is a multiple of the step as a whole', () => {
  const rungs = ladder(['110', 50], ['115', 50]).map((rung) => ({
    ...rung,
    executed: rung.leg === 't1' ? ONE : 0n,
    executedOfWorking: rung.leg === 't1' ? ONE : 0n,
    isFilled: false,
  }));
  const rules = { qtyStep: decimal('2'), minOrderQty: decimal('2'), exitMinNotional: 0n };
  // 1 + 9 and 10 fit; of 20 one contract is left under the step.
  expect([...distribute(decimal('19'), rungs, rules).targets.values()]).toEqual([decimal('9'), decimal('10')]);
  expect([...distribute(decimal('20'), rungs, rules).targets.values()]).toEqual([decimal('9'), decimal('10')]);
});

test('S-10 after a coarser tick a trailing stop is armed at a distance on the tick, and one that is armed stays', () => {
  const distance = decimal('3.13');
  const plan = aPlan({ trailingStop: { distance, activePrice: decimal('105.13') } });
  expect(trailingOf(decideOn(aSnapshot(OPEN), plan).actions)).toEqual({
    distance: decimal('3.5'),
    activePrice: decimal('105.5'),
  });
  const armedTrailing = { distance, sinceMs: 0, isShown: true };
  const state: TpSlState = { ...initialState('tp-sl'), stage: 'open', armedTrailing };
  const armed = aSnapshot({ ...OPEN, position: aPosition({ trailingStop: distance }) });
  expect(trailingOf(decideOn(armed, plan, state).actions)).toBeUndefined();
});

function stopAt(price: string): Pick<Plan, 'stopLoss'> {
  return { stopLoss: { triggerPrice: decimal(price), triggerBy: 'LastPrice' } };
}

function decideOn(snapshot: Snapshot, plan = aPlan(), state = initialState('tp-sl')): Decision<'tp-sl'> {
  return decide('tp-sl', snapshot, tpSlContext({ plan, state, tpSl: state }));
}

function stopOf(actions: readonly Action[]): bigint | undefined {
  return actions.flatMap((action) => (action.type === 'set-stop' ? [action.stop.triggerPrice] : []))[0];
}

function trailingOf(actions: readonly Action[]): object | undefined {
  return actions.flatMap((action) => (action.type === 'set-stop' ? [action.stop.trailing] : []))[0];
}
