import { expect, test } from 'vitest';
import { checkPlans, decide, decimal, initialState, isOutrun, protection, settle } from '../src/index.ts';
import type { Action, Plan, Snapshot, TpSlState, TrailingPolicy } from '../src/index.ts';
import {
  anInstrument,
  anOrder,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  check,
  executed,
  ladder,
  marketEntry,
  monitorOn,
  moveTo,
  openVenue,
  prices,
  settleDown,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';
import type { Monitor } from '../testing/index.ts';

const DISTANCE = decimal('3');
const OPEN = { position: aPosition(), orders: [aStopRow()], executed: executed({ e0: '100' }) };

test('S-10 the trailing stop is armed beside the stop that stands, and the stop goes in the same request', () => {
  const { actions } = decideOn(aSnapshot(OPEN), trailing());
  expect(actions[0]).toEqual({
    type: 'set-stop',
    reason: 'arms the trailing stop at a distance of 3',
    budget: 'protective',
    absolute: false,
    stop: {
      symbol: 'ALICEUSDT',
      positionIdx: 0,
      triggerPrice: decimal('90'),
      triggerBy: 'LastPrice',
      trailing: { distance: DISTANCE },
    },
  });
});

test('S-10 while the row shows the distance it is never sent again, although the stop beneath it moves', () => {
  const monitor = opened(trailing({ distance: decimal('20') }));
  for (const price of ['104', '110', '112', '115', '118', '120']) {
    moveTo(monitor.venue, decimal(price));
    settleDown(monitor);
  }
  expect(monitor.venue.position).toMatchObject({ stopLoss: decimal('100.12'), trailingStop: decimal('20') });
  expect(armed(monitor)).toBe(1);
});

test('S-10 one that was acknowledged gets a second to be listed; one that is not listed then is armed again', () => {
  const plan = trailing();
  const first = decideOn(aSnapshot(OPEN), plan);
  const [action] = first.actions;
  if (action === undefined) throw new Error('nothing to acknowledge');
  const state = settle('tp-sl', first.state, [{ action, result: 'done' }], START_MS);
  const at = (ms: number): readonly Action[] => {
    const atMs = START_MS + ms;
    return decideOn(aSnapshot({ ...OPEN, ordersAtMs: atMs, positionAtMs: atMs }), plan, { state, nowMs: atMs }).actions;
  };
  expect(at(999).filter(({ type }) => type === 'set-stop')).toEqual([]);
  expect(at(1_000)[0]).toMatchObject({ type: 'set-stop', stop: { trailing: { distance: DISTANCE } } });
});

test('S-10 the stop comes first: without one in both rows nothing is trailed', () => {
  const naked = aSnapshot({ ...OPEN, orders: [] });
  expect(decideOn(naked, trailing()).actions.filter(({ type }) => type === 'set-stop')).toMatchObject([
    { stop: { triggerPrice: decimal('90') } },
  ]);
  expect(decideOn(naked, trailing()).actions[0]).not.toHaveProperty('stop.trailing');
});

test('S-19 on open books nothing is trailed: the position may be another one already', () => {
  const reopened = { ...OPEN, position: aPosition({ size: decimal('30') }) };
  expect(decideOn(aSnapshot(reopened), trailing()).actions).toEqual([]);
});

test('S-05 a trailing stop is no protection, armed or not', () => {
  const trail = anOrder({ orderId: 'trail', stopOrderType: 'TrailingStop', status: 'Untriggered', reduceOnly: true });
  const position = aPosition({ stopLoss: undefined, trailingStop: DISTANCE });
  for (const orders of [[], [trail]]) {
    const snapshot = aSnapshot({ ...OPEN, position, orders });
    expect(protection(snapshot, trailing())).toEqual({ missing: 'the position row names no stop' });
    const { actions, state } = decideOn(snapshot, trailing());
    expect(actions[0]).toMatchObject({ type: 'set-stop', stop: { triggerPrice: decimal('90') } });
    expect(state.conditions).toHaveProperty('NoStop');
  }
});

test('it is armed at its take-profit, not before', () => {
  const monitor = opened(trailing({ distance: DISTANCE, afterTakeProfit: 1 }));
  expect(monitor.venue.position).not.toHaveProperty('trailingStop');
  moveTo(monitor.venue, decimal('110'));
  settleDown(monitor);
  expect(monitor.venue.position).toMatchObject({ stopLoss: decimal('100.12'), trailingStop: DISTANCE });
});

test('S-10 with an activation price no order exists until it is touched; where the market is past it, it follows at once', () => {
  const monitor = opened(trailing({ distance: DISTANCE, activePrice: decimal('105') }));
  expect(monitor.venue).toMatchObject({ trail: undefined, position: { activePrice: decimal('105') } });
  moveTo(monitor.venue, decimal('106'));
  settleDown(monitor);
  expect(monitor.venue.trail).toBe(decimal('103'));

  const late = decideOn(
    aSnapshot({ ...OPEN, prices: prices('105') }),
    trailing({ distance: DISTANCE, activePrice: decimal('105') }),
  );
  expect(late.actions[0]).toMatchObject({ stop: { trailing: { distance: DISTANCE } } });
  expect(late.actions[0]).not.toHaveProperty('stop.trailing.activePrice');
});

test('F-12 a trailing stop that fires closes the position, and that is the reason told', () => {
  const monitor = opened(trailing());
  moveTo(monitor.venue, decimal('108'));
  settleDown(monitor);
  moveTo(monitor.venue, decimal('104.9'));
  expect(monitor.venue.position).toBeUndefined();
  settleDown(monitor);
  monitor.venue.nowMs += 10_000;
  settleDown(monitor);
  expect(monitor.tpSl).toMatchObject({ stage: 'closed', closeReason: 'trailing-stop' });
  expect(monitor.events.filter(({ type }) => type === 'stop-filled')).toMatchObject([
    { detail: { by: 'stop-trailing', total: '100' } },
  ]);
});

test('S-06 a trailing stop that fired and left size behind, or whose level was passed a second ago, is answered by an exit', () => {
  const rest = { ...OPEN, position: aPosition({ size: decimal('60') }) };
  const left = aSnapshot({ ...rest, executed: executed({ e0: '100', 'stop-trailing': '40' }) });
  expect(decideOn(left, trailing(), { state: seen() }).state.exit?.reason).toBe('through-stop');

  const trail = { orderId: 'trail', stopOrderType: 'TrailingStop', status: 'Untriggered', reduceOnly: true };
  const passed = aSnapshot({
    ...OPEN,
    orders: [aStopRow(), anOrder({ ...trail, triggerPrice: decimal('97') })],
    prices: prices('97'),
    positionAtMs: START_MS + 1_001,
  });
  expect(decideOn(passed, trailing(), { state: seen(), nowMs: START_MS + 1_001 }).state.exit?.reason).toBe(
    'through-stop',
  );
});

test('F-25 rows whose trailing stop a newer price has passed are read again, not trusted', () => {
  const trail = { orderId: 'trail', stopOrderType: 'TrailingStop', status: 'Untriggered', reduceOnly: true };
  const orders = [aStopRow(), anOrder({ ...trail, triggerPrice: decimal('97') })];
  const at = (price: string): Snapshot => aSnapshot({ ...OPEN, orders, prices: prices(price, START_MS + 1) });
  expect(isOutrun(at('97'), trailing())).toBe(true);
  expect(isOutrun(at('97.01'), trailing())).toBe(false);
});

test('a price near the trail, or near where it starts, is looked at soon', () => {
  const trail = { orderId: 'trail', stopOrderType: 'TrailingStop', status: 'Untriggered', reduceOnly: true };
  const position = aPosition({ trailingStop: DISTANCE });
  const row = anOrder({ ...trail, triggerPrice: decimal('97') });
  const taken = aTakeProfitRow('t1', '100', '110');
  const plan = aPlan({ ...trailing(), takeProfits: ladder(['110', 100]) });
  const seenNear = (price: string, orders: Snapshot['orders'], of: Plan): number =>
    decideOn(aSnapshot({ ...OPEN, position, orders, prices: prices(price) }), of, { state: seen() }).nextCheckInMs;
  expect(seenNear('97.2', [aStopRow(), row, taken], plan)).toBe(5_000);
  expect(seenNear('99', [aStopRow(), row, taken], plan)).toBe(20_000);
  const waiting = { ...plan, trailingStop: { distance: DISTANCE, activePrice: decimal('105') } };
  expect(seenNear('104.9', [aStopRow(), taken], waiting)).toBe(5_000);
});

test('F-27 while the trailing stop fires nothing but an exit is sent', () => {
  const trail = { orderId: 'trail', stopOrderType: 'TrailingStop', status: 'Triggered', reduceOnly: true };
  const firing = aSnapshot({ ...OPEN, orders: [anOrder({ ...trail, triggerPrice: decimal('97') })] });
  expect(decideOn(firing, trailing()).actions).toEqual([]);
});

test('S-22 what was armed for a position that has ended says nothing about the next one', () => {
  const monitor = opened(trailing());
  expect(monitor.tpSl.armedTrailing?.distance).toBe(DISTANCE);
  moveTo(monitor.venue, decimal('96'));
  check(monitor, 'tp-sl');
  expect(monitor.tpSl.armedTrailing).toBeUndefined();
});

test('a distance that was refused does not keep the stop from being set', () => {
  const plan = trailing();
  const first = decideOn(aSnapshot(OPEN), plan);
  const [action] = first.actions;
  if (action === undefined) throw new Error('nothing to refuse');
  const refusal = { action, result: 'refused', reason: 'through-market', code: 10_001, message: 'no' } as const;
  const before = { ...first.state, acknowledgedStop: decimal('90') };
  const state = settle('tp-sl', before, [refusal, refusal, refusal], START_MS);
  expect(state.acknowledgedStop).toBe(decimal('90'));
  const naked = aSnapshot({ ...OPEN, position: aPosition({ stopLoss: undefined }) });
  expect(decideOn(naked, plan, { state }).actions[0]).toMatchObject({ stop: { triggerPrice: decimal('90') } });
  const held = decideOn(aSnapshot(OPEN), plan, { state });
  expect(held.actions.filter(({ type }) => type === 'set-stop')).toEqual([]);
  expect(held.state.conditions).toHaveProperty('ActionFailing');
});

test('what a trailing stop may not be is told with its path', () => {
  expect(faultsOf({ distance: decimal('1.005') })).toEqual([
    'plans[0].trailingStop.distance: 1.005 is not a multiple of the tick size 0.01',
  ]);
  expect(faultsOf({ distance: decimal('95') })).toEqual([
    'plans[0].trailingStop.distance: must be less than every entry price',
  ]);
  expect(faultsOf({ distance: DISTANCE, activePrice: decimal('100'), afterTakeProfit: 5 })).toEqual([
    'plans[0].trailingStop.afterTakeProfit: there is no take-profit 5',
    'plans[0].trailingStop.activePrice: must be on the profit side of every entry and of the market',
  ]);
  expect(faultsOf({ distance: DISTANCE, activePrice: decimal('105'), afterTakeProfit: 4 })).toEqual([]);
});

function faultsOf(trailingStop: TrailingPolicy): readonly string[] {
  const at = { nowMs: START_MS, accounts: new Set(['main']) };
  const faults = checkPlans([aPlan({ trailingStop })], new Map([['ALICEUSDT', anInstrument()]]), at);
  return faults.map(({ path, message }) => `${path}: ${message}`);
}

function trailing(trailingStop: TrailingPolicy = { distance: DISTANCE }): Plan {
  return aPlan({ entries: [marketEntry('100')], trailingStop });
}

function opened(plan: Plan): Monitor {
  const monitor = monitorOn(openVenue(anInstrument(), plan, { price: decimal('100') }));
  settleDown(monitor);
  return monitor;
}

function seen(): TpSlState {
  return { ...initialState('tp-sl'), stage: 'open', seen: Object.fromEntries(executed({ e0: '100' })) };
}

function armed({ outcomes }: Monitor): number {
  return outcomes.filter(({ action }) => action.type === 'set-stop' && action.stop.trailing !== undefined).length;
}

function decideOn(
  snapshot: Snapshot,
  plan: Plan,
  { state = initialState('tp-sl'), nowMs = START_MS }: { state?: TpSlState; nowMs?: number } = {},
): ReturnType<typeof decide<'tp-sl'>> {
  return decide('tp-sl', snapshot, tpSlContext({ plan, state, tpSl: state, nowMs }));
}
