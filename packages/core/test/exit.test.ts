import { expect, test } from 'vitest';
import { decide, decimal, initialState, settle } from '../src/index.ts';
import type { Plan, Snapshot, TpSlState } from '../src/index.ts';
import {
  anEntryRow,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  ownLinkId,
  prices,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

test('S-06 price through the stop for more than a second with size left: exit', () => {
  const through = aSnapshot({
    position: aPosition(),
    orders: [aStopRow()],
    executed: executed({ e0: '100' }),
    prices: prices('89'),
    positionAtMs: START_MS + 1_000,
  });
  const state = opened();
  const waiting = decideOn(through, { state, nowMs: START_MS + 1_000 });
  expect(waiting.state.exit).toBeUndefined();
  expect(waiting.nextCheckInMs).toBe(1_000);

  const over = decideOn({ ...through, positionAtMs: START_MS + 1_001 }, { state, nowMs: START_MS + 1_001 });
  expect(over.actions).toMatchObject([{ type: 'create', leg: 'x', order: { qty: 0n } }]);
  expect(over.state.exit?.reason).toBe('through-stop');
});

test('S-04 through is judged on the stop own source', () => {
  const plan = aPlan({ stopLoss: { triggerPrice: decimal('90'), triggerBy: 'MarkPrice' } });
  const snapshot = aSnapshot({
    position: aPosition(),
    orders: [aStopRow({ triggerBy: 'MarkPrice' })],
    executed: executed({ e0: '100' }),
    prices: { ...prices('100'), last: decimal('80') },
    positionAtMs: START_MS + 5_000,
  });
  expect(decideOn(snapshot, { plan, nowMs: START_MS + 5_000 }).state.exit).toBeUndefined();
});

test('S-06 a stop that ended with size left is answered by an exit', () => {
  const rest = aSnapshot({
    position: aPosition({ size: decimal('60') }),
    orders: [aStopRow({ qty: decimal('60') })],
    executed: executed({ e0: '100', stop: '40' }),
  });
  expect(decideOn(rest).actions).toMatchObject([{ type: 'create', leg: 'x' }]);
});

test('F-27 while a stop fires no stop is set and no take-profit touched', () => {
  const firing = aSnapshot({
    position: aPosition({ stopLoss: undefined }),
    orders: [aStopRow({ status: 'Triggered' })],
    executed: executed({ e0: '100' }),
  });
  expect(decideOn(firing).actions).toEqual([]);
});

test('a stop whose status nobody knows is not taken for firing: entries stay, and a condition tells of it', () => {
  const odd = aSnapshot({
    position: aPosition(),
    orders: [aStopRow({ status: 'SomethingNew' }), anEntryRow('e1', '100', '95')],
    executed: executed({ e0: '100' }),
  });
  const { actions, state } = decideOn(odd, { state: opened() });

  expect(actions.map(({ type }) => type)).not.toContain('cancel');
  expect(state.conditions).toHaveProperty('NoStop');
});

test('S-14 an exit without capacity cancels our take-profits first, and is sent again when they are gone', () => {
  const exiting: TpSlState = { ...opened(), exit: { reason: 'operator', sinceMs: START_MS } };
  const full = aSnapshot({
    position: aPosition(),
    orders: [aStopRow(), aTakeProfitRow('t1', '100', '110')],
    executed: executed({ e0: '100' }),
  });
  const first = decideOn(full, { state: exiting });
  const [exit] = first.actions;
  if (exit === undefined) throw new Error('no exit was sent');
  const refusal = { action: exit, result: 'refused', reason: 'no-capacity', code: 110_017, message: '' } as const;
  const refused = settle('tp-sl', first.state, [refusal], START_MS);
  expect(decideOn(full, { state: refused }).actions).toMatchObject([
    { type: 'cancel', leg: 't1', budget: 'protective' },
  ]);
  const cleared = { ...full, orders: [aStopRow()] };
  expect(decideOn(cleared, { state: refused, nowMs: START_MS + 1_000 }).actions).toMatchObject([
    { type: 'create', leg: 'x' },
  ]);
});

test('S-14 the next exit order has an id of its own once the last one executed', () => {
  const exiting: TpSlState = { ...opened(), exit: { reason: 'operator', sinceMs: START_MS } };
  const rest = aSnapshot({
    position: aPosition({ size: decimal('60') }),
    orders: [aStopRow()],
    executed: executed({ e0: '100', x: '40' }),
  });
  expect(decideOn(rest, { state: exiting }).actions).toMatchObject([{ order: { orderLinkId: ownLinkId('x', 1) } }]);
});

test('S-14 the stop stands until flat: leaving loosens no step, no tightened stop and no stop of the operator', () => {
  const exit = { reason: 'operator', sinceMs: START_MS } as const;
  const level = decimal('110');
  const scaled = aSnapshot({
    position: aPosition({ size: decimal('10'), stopLoss: level }),
    orders: [aStopRow({ qty: decimal('10'), triggerPrice: level })],
    executed: executed({ e0: '100', t1: '85', t2: '5' }),
    prices: prices('114'),
  });
  const stopLoss = { triggerPrice: decimal('90'), triggerBy: 'LastPrice', steps: { ifThrough: 'exit' } } as const;
  const filled: TpSlState = { ...opened(), stage: 'scaled-out', filledTakeProfits: ['t1', 't2'], exit };
  expect(stopsIn(decideOn(scaled, { plan: aPlan({ stopLoss }), state: filled }))).toEqual([]);

  const late = aPlan({ timeLimit: { afterMs: 1_000, action: 'tighten' } });
  const tightened: TpSlState = { ...opened(), exit, openedAtMs: START_MS - 1_000 };
  expect(stopsIn(decideOn(standing('100.12'), { plan: late, state: tightened }))).toEqual([]);

  const byHand = { level: decimal('95'), instead: decimal('90') };
  const respected = aPlan({ externalChanges: { policy: 'respect' } });
  expect(
    stopsIn(decideOn(standing('95'), { plan: respected, state: { ...opened(), exit, operatorStop: byHand } })),
  ).toEqual([]);
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

test('S-14 while a position is left nobody is given a second to explain a stop that moved', () => {
  const exit = { reason: 'operator', sinceMs: START_MS } as const;
  const state: TpSlState = { ...opened(), exit, settledStop: { level: decimal('90'), sinceMs: START_MS } };
  expect(stopsIn(decideOn(standing('85'), { state }))).toMatchObject([{ stop: { triggerPrice: decimal('90') } }]);
});

function stopsIn({ actions }: ReturnType<typeof decideOn>): readonly unknown[] {
  return actions.filter(({ type }) => type === 'set-stop');
}

function standing(stop: string): Snapshot {
  const level = decimal(stop);
  return aSnapshot({
    position: aPosition({ stopLoss: level }),
    orders: [aStopRow({ triggerPrice: level })],
    executed: executed({ e0: '100' }),
    prices: prices('104'),
  });
}
