import { expect, test } from 'vitest';
import { checkPlans, decide, decimal, initialState } from '../src/index.ts';
import type { Plan, TpSlState } from '../src/index.ts';
import {
  anInstrument,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  ask,
  check,
  executed,
  marketEntry,
  monitorOn,
  moveTo,
  openVenue,
  settleDown,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';
import type { Monitor } from '../testing/index.ts';

const AFTER_MS = 60_000;

test('S-14 a position that has been open for its time is left, and not a moment before', () => {
  const monitor = opened('close');
  const endsAtMs = (monitor.tpSl.openedAtMs ?? 0) + AFTER_MS;
  monitor.venue.nowMs = endsAtMs - 1;
  expect(check(monitor, 'tp-sl')).toEqual([]);
  monitor.venue.nowMs = endsAtMs;
  expect(check(monitor, 'tp-sl')).toMatchObject([{ type: 'create', leg: 'x', budget: 'protective' }]);
  monitor.venue.nowMs += 10_000;
  settleDown(monitor);
  monitor.venue.nowMs += 10_000;
  settleDown(monitor);
  expect(monitor.tpSl).toMatchObject({ stage: 'closed', closeReason: 'exit' });
  expect(monitor.events.find(({ type }) => type === 'exit-started')?.detail).toEqual({ reason: 'time-limit' });
});

test('the end of the time makes the monitor due', () => {
  const monitor = opened('close');
  monitor.venue.nowMs = (monitor.tpSl.openedAtMs ?? 0) + AFTER_MS - 1_234;
  expect(ask(monitor, 'tp-sl').nextCheckInMs).toBe(1_234);
});

test('a time that is over makes nothing due for ever', () => {
  const monitor = opened('tighten');
  monitor.venue.nowMs = (monitor.tpSl.openedAtMs ?? 0) + AFTER_MS;
  monitor.venue.price = decimal('99');
  settleDown(monitor);
  expect(ask(monitor, 'tp-sl').nextCheckInMs).toBe(20_000);
});

test('S-08 tightening moves the stop to breakeven, before any take-profit', () => {
  const monitor = opened('tighten');
  moveTo(monitor.venue, decimal('105'));
  monitor.venue.nowMs += AFTER_MS;
  expect(check(monitor, 'tp-sl')).toMatchObject([{ type: 'set-stop', stop: { triggerPrice: decimal('100.12') } }]);
  expect(monitor.tpSl).toMatchObject({ stage: 'open', filledTakeProfits: [] });
});

test('S-09 while the market is through breakeven the stop stays, and is moved when it no longer is', () => {
  const monitor = opened('tighten');
  moveTo(monitor.venue, decimal('95'));
  monitor.venue.nowMs += AFTER_MS;
  settleDown(monitor);
  expect(monitor.venue.position?.stopLoss).toBe(decimal('90'));
  expect(monitor.tpSl.exit).toBeUndefined();
  moveTo(monitor.venue, decimal('102'));
  settleDown(monitor);
  expect(monitor.venue.position?.stopLoss).toBe(decimal('100.12'));
});

test('S-23 the time starts when the exchange says that the position was opened, else when it was first seen', () => {
  const plan = limited('close');
  const open = { orders: [aStopRow()], executed: executed({ e0: '100' }) };
  const told = aSnapshot({ ...open, position: aPosition({ openTimeMs: START_MS - 5_000 }) });
  expect(stateOf(told, plan).openedAtMs).toBe(START_MS - 5_000);
  const untold = aSnapshot({ ...open, position: aPosition() });
  const first = stateOf(untold, plan);
  expect(first.openedAtMs).toBe(START_MS);
  expect(stateOf(untold, plan, first, START_MS + 9_000).openedAtMs).toBe(START_MS);
});

test('a plan without a limit keeps no opening time, and a limit of nothing is refused', () => {
  const { timeLimit: _limit, ...endless } = limited('close');
  const snapshot = aSnapshot({ position: aPosition(), orders: [aStopRow()], executed: executed({ e0: '100' }) });
  expect(stateOf(snapshot, endless)).not.toHaveProperty('openedAtMs');
  const at = { nowMs: START_MS, accounts: new Set(['main']) };
  const plan = aPlan({ timeLimit: { afterMs: 0, action: 'close' } });
  expect(checkPlans([plan], new Map([['ALICEUSDT', anInstrument()]]), at)).toEqual([
    { path: 'plans[0].timeLimit.afterMs', message: 'must be above 0' },
  ]);
});

function limited(action: 'close' | 'tighten'): Plan {
  return aPlan({ entries: [marketEntry('100')], timeLimit: { afterMs: AFTER_MS, action } });
}

function opened(action: 'close' | 'tighten'): Monitor {
  const monitor = monitorOn(openVenue(anInstrument(), limited(action), { price: decimal('100') }));
  settleDown(monitor);
  return monitor;
}

function stateOf(
  snapshot: ReturnType<typeof aSnapshot>,
  plan: Plan,
  state: TpSlState = initialState('tp-sl'),
  nowMs = START_MS,
): TpSlState {
  return decide('tp-sl', snapshot, tpSlContext({ plan, state, tpSl: state, nowMs })).state;
}
