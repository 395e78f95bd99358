import { expect, test } from 'vitest';
import { decimal } from '../src/index.ts';
import type { Plan } from '../src/index.ts';
import {
  anInstrument,
  aPlan,
  check,
  fill,
  ladder,
  limitEntry,
  marketEntry,
  monitorOn,
  moveTo,
  openOrders,
  openVenue,
  settleDown,
} from '../testing/index.ts';
import type { Monitor } from '../testing/index.ts';

const EVEN = ladder(['110', 25], ['115', 25], ['120', 25], ['125', 25]);

test('S-09 the stop follows the take-profits: breakeven after the first, then the price of the one before', () => {
  const monitor = opened(stepped());
  const levels = ['110', '115', '120'].map((price) => {
    moveTo(monitor.venue, decimal(price));
    settleDown(monitor);
    return monitor.venue.position?.stopLoss;
  });
  expect(levels).toEqual([decimal('100.12'), decimal('110'), decimal('115')]);
});

test('a plan without steps leaves the stop at breakeven, however many take-profits fill', () => {
  const monitor = opened(aPlan({ entries: [marketEntry('100')], takeProfits: EVEN }));
  moveTo(monitor.venue, decimal('120'));
  settleDown(monitor);
  expect(monitor.venue.position?.stopLoss).toBe(decimal('100.12'));
});

test('two take-profits that fill at once are one step, and the stop is moved once', () => {
  const monitor = opened(stepped());
  moveTo(monitor.venue, decimal('115'));
  expect(check(monitor, 'tp-sl')[0]).toMatchObject({ type: 'set-stop', stop: { triggerPrice: decimal('110') } });
  settleDown(monitor);
  expect(monitor.outcomes.filter(({ action }) => action.type === 'set-stop')).toHaveLength(1);
});

test('F-19 where the market is back through the step the position is left, or breakeven stands in', () => {
  const left = opened(stepped('exit'));
  moveTo(left.venue, decimal('115'));
  left.venue.price = decimal('109');
  check(left, 'tp-sl');
  expect(left.tpSl.exit?.reason).toBe('through-step');

  const kept = opened(stepped('keep'));
  moveTo(kept.venue, decimal('115'));
  kept.venue.price = decimal('109');
  settleDown(kept);
  expect(kept.venue.position?.stopLoss).toBe(decimal('100.12'));
  kept.venue.price = decimal('112');
  settleDown(kept);
  expect(kept.venue.position?.stopLoss).toBe(decimal('110'));
});

test('S-16 a leg that a nearer one carries has seen no price of its own, and is no step', () => {
  const takeProfits = ladder(['110', 40], ['115', 40], ['120', 1], ['125', 19]);
  const monitor = opened(stepped('exit', { takeProfits }), anInstrument({ minOrderQty: decimal('5') }));
  moveTo(monitor.venue, decimal('115'));
  settleDown(monitor);
  expect(monitor.tpSl.filledTakeProfits).toEqual(['t1', 't2', 't3']);
  expect(monitor.venue.position?.stopLoss).toBe(decimal('110'));
  expect(monitor.tpSl.exit).toBeUndefined();
});

test('S-02 a late entry that brings the plan stop back does not undo the step', () => {
  const monitor = opened(stepped('keep', { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] }));
  moveTo(monitor.venue, decimal('115'));
  check(monitor, 'tp-sl', { isSent: ({ type }) => type !== 'cancel' });
  const row = openOrders(monitor.venue).find(({ orderLinkId }) => orderLinkId.includes('-e1-'));
  if (row?.price === undefined) throw new Error('e1 does not rest');
  fill(monitor.venue, row, decimal('30'), row.price);
  expect(monitor.venue.position?.stopLoss).toBe(decimal('90'));
  expect(check(monitor, 'tp-sl')[0]).toMatchObject({ type: 'set-stop', stop: { triggerPrice: decimal('110') } });
});

function stepped(ifThrough: 'exit' | 'keep' = 'exit', more: Partial<Plan> = {}): Plan {
  const stopLoss = { triggerPrice: decimal('90'), triggerBy: 'LastPrice', steps: { ifThrough } } as const;
  return aPlan({ entries: [marketEntry('100')], takeProfits: EVEN, stopLoss, ...more });
}

function opened(plan: Plan, instrument = anInstrument()): Monitor {
  const monitor = monitorOn(openVenue(instrument, plan, { price: decimal('100') }));
  settleDown(monitor);
  return monitor;
}
