import { expect, test } from 'vitest';
import { decide, decimal, initialState } from '../src/index.ts';
import type { Context, Plan, Snapshot, TpSlState } from '../src/index.ts';
import { lastResult } from '../src/last-result.ts';
import { ordersByOwner } from '../src/own-orders.ts';
import { LANES, toJson } from '../testing/core.ts';
import {
  anInstrument,
  anOrder,
  aPlan,
  aPosition,
  ask,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  counterexample,
  executed,
  INSTALLATION,
  snapshotOf,
  tpSlContext,
} from '../testing/index.ts';
import type { Judge, Monitor } from '../testing/index.ts';

/** Of so many looks one is compared: copies take long. */
const EACH = 7;

test('what is remembered between decisions never shows: on copies of everything, and after others asked, they are the same', () => {
  let looks = 0;
  const judge: Judge = {
    atLook: ({ monitor }) => {
      looks += 1;
      return looks % EACH === 0 ? differencesOf(monitor) : [];
    },
  };
  expect(counterexample({ hasOthers: true, hasPolicies: true }, () => judge)).toBe('none');
});

test('a result is made anew when its object or one of its inputs is another one, and only then', () => {
  const last = lastResult<number>();
  const [one, other] = [{}, {}];
  let made = 0;
  const make = (): number => (made += 1);
  const results = [
    last(one, [1n, 'a'], make),
    last(one, [1n, 'a'], make),
    last(other, [1n, 'a'], make),
    last(one, [1n, 'a'], make),
    last(one, [2n, 'a'], make),
    last(one, [2n], make),
  ];
  expect(results).toEqual([1, 1, 2, 1, 3, 4]);
});

test('S-24 rows that were sorted for one plan are sorted anew for another one, and for another installation', () => {
  const snapshot = aSnapshot({ orders: [aTakeProfitRow('t1', '85', '110')] });
  const ownOf = (plan: Plan, installation?: string): number => ordersByOwner(snapshot, plan, installation).own.length;
  const stranger = aPlan({ id: 'planbbbbbbbb' });
  expect([ownOf(aPlan()), ownOf(stranger), ownOf(aPlan(), INSTALLATION), ownOf(aPlan(), 'xyz')]).toEqual([1, 0, 1, 0]);
});

const PLAN = aPlan();
const OPEN = { position: aPosition(), orders: [aStopRow()], executed: executed({ e0: '100' }) };

test.each<[what: string, Partial<Snapshot>, Partial<Context<'tp-sl'>>]>([
  ['the size', { position: aPosition({ size: decimal('90') }), executed: executed({ e0: '90' }) }, {}],
  ['what took profit', { ...OPEN, executed: executed({ e0: '110', t1: '10' }) }, {}],
  [
    'what has executed of the order that works',
    { ...OPEN, orders: [aStopRow(), aTakeProfitRow('t2', '9', '115', { cumExecQty: decimal('4') })] },
    {},
  ],
  ['the step', { ...OPEN, instrument: anInstrument({ qtyStep: decimal('3') }) }, {}],
  ['the least quantity', { ...OPEN, instrument: anInstrument({ minOrderQty: decimal('6') }) }, {}],
  ['the least notional', OPEN, { exitMinNotional: decimal('600') }],
])('the ladder that is remembered for a plan is made anew with %s', (_what, facts, context) => {
  const ladder = (plan: Plan): string => {
    const { actions } = decide('tp-sl', aSnapshot({ ...OPEN, ...facts }), tpSlContext({ ...context, plan }));
    return toJson(actions);
  };
  decide('tp-sl', aSnapshot(OPEN), tpSlContext({ plan: PLAN }));
  expect(ladder(PLAN)).toBe(ladder(structuredClone(PLAN)));
});

test('the ladder that is remembered for a plan is made anew with what counts as filled', () => {
  const others = anOrder({ orderLinkId: 'theirs', reduceOnly: true, qty: decimal('88.3') });
  const nearest = aTakeProfitRow('t1', '10.4', '110', { cumExecQty: decimal('10') });
  const snapshot = aSnapshot({
    position: aPosition({ size: decimal('90') }),
    orders: [aStopRow(), nearest, others],
    executed: executed({ e0: '100', t1: '10' }),
    instrument: anInstrument({ minOrderQty: decimal('1') }),
  });
  const { breakeven: _breakeven, ...plan } = PLAN;
  const actions = (filledTakeProfits: TpSlState['filledTakeProfits'], of: Plan = plan): string => {
    const state: TpSlState = { ...initialState('tp-sl'), filledTakeProfits };
    return toJson(decide('tp-sl', snapshot, tpSlContext({ plan: of, state })).actions);
  };
  const open = actions([]);
  expect(actions(['t1'])).toBe(actions(['t1'], structuredClone(plan)));
  expect(actions(['t1'])).not.toBe(open);
});

function differencesOf(monitor: Monitor): readonly string[] {
  const snapshot = snapshotOf(monitor.venue);
  const before = tell(monitor, snapshot);
  tell(strangerOf(monitor), snapshot);
  const [again, copied] = [tell(monitor, snapshot), tell(copyOf(monitor), structuredClone(snapshot))];
  return before === again && before === copied ? [] : [`${before}, then ${again}, and of copies ${copied}`];
}

function tell(monitor: Monitor, snapshot: Snapshot): string {
  return toJson(LANES.map((lane) => ask(monitor, lane, snapshot)));
}

/** Another plan with the same ladder, whose rows these are not. */
function strangerOf(monitor: Monitor): Monitor {
  const { venue } = monitor;
  return { ...monitor, venue: { ...venue, plan: { ...venue.plan, id: 'planbbbbbbbb' } } };
}

function copyOf(monitor: Monitor): Monitor {
  const { venue, tpSl, limitOrder } = monitor;
  const copies: Pick<Monitor, 'tpSl' | 'limitOrder'> = structuredClone({ tpSl, limitOrder });
  return { ...monitor, ...copies, venue: { ...venue, plan: structuredClone(venue.plan) } };
}
