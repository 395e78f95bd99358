import { expect, test } from 'vitest';
import { decimal } from '../src/index.ts';
import type { Plan } from '../src/index.ts';
import {
  anInstrument,
  aPlan,
  ask,
  cancelByHand,
  check,
  fill,
  limitEntry,
  marketEntry,
  monitorOn,
  moveStopByHand,
  moveTo,
  openVenue,
  rowOf,
  settleDown,
  snapshotOf,
} from '../testing/index.ts';
import type { Monitor } from '../testing/index.ts';

test('a stop that somebody moved is put back', () => {
  const monitor = opened('reassert');
  moveStopByHand(monitor, '92');
  settleDown(monitor);
  expect(stopOf(monitor)).toBe(decimal('90'));
});

test('two programs do not fight: after three times in a minute the stop is left where it stands, and that is a condition', () => {
  const monitor = opened('reassert');
  for (let times = 0; times < 3; times += 1) {
    moveStopByHand(monitor, '92');
    settleDown(monitor);
    expect(stopOf(monitor)).toBe(decimal('90'));
  }
  moveStopByHand(monitor, '92');
  settleDown(monitor);
  expect(stopOf(monitor)).toBe(decimal('92'));
  expect(monitor.tpSl.conditions).toHaveProperty('ExternalConflict');

  monitor.venue.nowMs += 60_000;
  settleDown(monitor);
  expect(stopOf(monitor)).toBe(decimal('90'));
  expect(monitor.tpSl.conditions).not.toHaveProperty('ExternalConflict');
});

test('F-15 a stop that no order stands for is set again, however often it goes', () => {
  const monitor = opened('reassert');
  for (let times = 0; times < 5; times += 1) {
    monitor.venue.nowMs += 2_000;
    const { orders, ...rest } = snapshotOf(monitor.venue);
    const stopless = { ...rest, orders: orders.filter(({ stopOrderType }) => stopOrderType !== 'StopLoss') };
    const { actions, state } = ask(monitor, 'tp-sl', stopless);
    expect(actions).toMatchObject([{ type: 'set-stop', stop: { triggerPrice: decimal('90') } }]);
    monitor.tpSl = state;
    settleDown(monitor);
  }
});

test('the bounds are the plan its own', () => {
  const monitor = opened('reassert', {
    externalChanges: { policy: 'reassert', mostReassertions: 1, withinMs: 20_000 },
  });
  for (const expected of ['90', '92']) {
    moveStopByHand(monitor, '92');
    settleDown(monitor);
    expect(stopOf(monitor)).toBe(decimal(expected));
  }
  monitor.venue.nowMs += 20_000;
  settleDown(monitor);
  expect(stopOf(monitor)).toBe(decimal('90'));
});

test('what the rules want anew is sent, held back or not', () => {
  const monitor = opened('reassert', {
    externalChanges: { policy: 'reassert', mostReassertions: 1, withinMs: 60_000 },
  });
  for (let times = 0; times < 2; times += 1) {
    moveStopByHand(monitor, '92');
    settleDown(monitor);
  }
  expect(stopOf(monitor)).toBe(decimal('92'));
  moveTo(monitor.venue, decimal('110'));
  settleDown(monitor);
  expect(stopOf(monitor)).toBe(decimal('100.12'));
});

test.each(['respect', 'reassert'] as const)(
  '%s: a stop that somebody removed is set again at once, every time',
  (policy) => {
    const monitor = opened(policy);
    for (let times = 0; times < 6; times += 1) {
      const { position } = monitor.venue;
      if (position === undefined) throw new Error('flat');
      monitor.venue.position = { ...position, stopLoss: undefined };
      expect(check(monitor, 'tp-sl')[0]).toMatchObject({ type: 'set-stop', stop: { triggerPrice: decimal('90') } });
      settleDown(monitor);
    }
  },
);

test.each(['92', '85'])(
  'the operator may want another stop: %s is respected, told, and counts as protected',
  (level) => {
    const monitor = opened('respect');
    moveStopByHand(monitor, level);
    settleDown(monitor);
    expect(stopOf(monitor)).toBe(decimal(level));
    expect(monitor.tpSl.conditions).toHaveProperty('ExternalChange');
    expect(monitor.tpSl.conditions).not.toHaveProperty('NoStop');
    expect(ask(monitor, 'tp-sl').actions).toEqual([]);
  },
);

test('the stop of the operator gives way to a tighter one of the rules, and not to a looser one', () => {
  const looser = opened('respect');
  moveStopByHand(looser, '92');
  settleDown(looser);
  moveTo(looser.venue, decimal('110'));
  settleDown(looser);
  expect(stopOf(looser)).toBe(decimal('100.12'));
  expect(looser.tpSl).not.toHaveProperty('operatorStop');

  const tighter = opened('respect');
  moveTo(tighter.venue, decimal('108'));
  moveStopByHand(tighter, '105');
  settleDown(tighter);
  moveTo(tighter.venue, decimal('110'));
  settleDown(tighter);
  expect(tighter.tpSl.filledTakeProfits).toEqual(['t1']);
  expect(stopOf(tighter)).toBe(decimal('105'));
});

test('an operator who moves the stop again, or back, is followed', () => {
  const monitor = opened('respect');
  for (const level of ['92', '93', '91', '85', '90']) {
    moveStopByHand(monitor, level);
    settleDown(monitor);
    expect(stopOf(monitor)).toBe(decimal(level));
  }
  expect(monitor.tpSl).not.toHaveProperty('operatorStop');
});

test('S-02 what an entry brings is no will of the operator, and is put right first of all', () => {
  const monitor = opened('respect', { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] });
  moveStopByHand(monitor, '92');
  settleDown(monitor);
  fill(monitor.venue, { ...rowOf(monitor, 'e1'), stopLoss: decimal('90') }, decimal('30'), decimal('95'));
  expect(stopOf(monitor)).toBe(decimal('90'));
  expect(check(monitor, 'tp-sl')[0]).toMatchObject({ type: 'set-stop', stop: { triggerPrice: decimal('92') } });
});

test('S-02 whatever stop an entry carried, what its fill brings is not taken for the will of the operator', () => {
  const monitor = opened('respect', { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] });
  fill(monitor.venue, { ...rowOf(monitor, 'e1'), stopLoss: decimal('88') }, decimal('30'), decimal('95'));
  expect(check(monitor, 'tp-sl')[0]).toMatchObject({ type: 'set-stop', stop: { triggerPrice: decimal('90') } });
  expect(monitor.tpSl).not.toHaveProperty('operatorStop');
});

test('S-11 an older level of our own rules that stands again is a write that landed late, and is put right', () => {
  const monitor = opened('respect');
  moveTo(monitor.venue, decimal('110'));
  settleDown(monitor);
  expect(stopOf(monitor)).toBe(decimal('100.12'));
  moveStopByHand(monitor, '90');
  settleDown(monitor);
  expect(stopOf(monitor)).toBe(decimal('100.12'));
});

test('S-09 a stop that somebody moved right after ours was seen is looked at when a live stream must have told of that', () => {
  const monitor = opened('reassert');
  const sinceMs = monitor.tpSl.settledStop?.sinceMs ?? 0;
  const { position } = monitor.venue;
  if (position === undefined) throw new Error('the position is flat');
  monitor.venue.nowMs = sinceMs + 500;
  monitor.venue.position = { ...position, stopLoss: decimal('92') };

  const streamed = { ...snapshotOf(monitor.venue), streamed: true };
  expect(ask(monitor, 'tp-sl', streamed)).toMatchObject({ actions: [], nextCheckInMs: 800 });
  expect(ask(monitor, 'tp-sl')).toMatchObject({ actions: [], nextCheckInMs: 20_000 });
  monitor.venue.nowMs = sinceMs + 1_300;
  expect(
    ask(monitor, 'tp-sl', { ...streamed, positionAtMs: sinceMs + 1_000, ordersAtMs: sinceMs + 1_000 }).actions,
  ).toMatchObject([{ type: 'set-stop', stop: { triggerPrice: decimal('90') } }]);
});

test('rows from within a second of the confirmation are no evidence that somebody moved the stop', () => {
  const monitor = opened('respect');
  const { settledStop } = monitor.tpSl;
  monitor.venue.nowMs = (settledStop?.sinceMs ?? 0) + 999;
  const { position } = monitor.venue;
  if (position === undefined) throw new Error('flat');
  monitor.venue.position = { ...position, stopLoss: decimal('92') };
  expect(check(monitor, 'tp-sl')).toEqual([]);
  expect(monitor.tpSl).not.toHaveProperty('operatorStop');
  monitor.venue.nowMs += 1;
  check(monitor, 'tp-sl');
  expect(monitor.tpSl.operatorStop).toEqual({ level: decimal('92'), instead: decimal('90') });
});

test('S-22 what somebody did to a position that has ended is no rule for the next one', () => {
  const monitor = opened('respect');
  moveStopByHand(monitor, '92');
  cancelByHand(monitor, 't2');
  moveTo(monitor.venue, decimal('91'));
  check(monitor, 'tp-sl');
  for (const what of ['operatorStop', 'settledStop', 'dropped', 'reassertions']) {
    expect(monitor.tpSl).not.toHaveProperty(what);
  }
});

function opened(policy: 'respect' | 'reassert', more: Partial<Plan> = {}): Monitor {
  const plan = aPlan({ entries: [marketEntry('100')], externalChanges: { policy }, ...more });
  const monitor = monitorOn(openVenue(anInstrument(), plan, { price: decimal('100') }));
  settleDown(monitor);
  monitor.venue.nowMs += 5_000;
  return monitor;
}

function stopOf({ venue }: Monitor): bigint | undefined {
  return venue.position?.stopLoss;
}
