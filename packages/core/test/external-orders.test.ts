import { expect, test } from 'vitest';
import { decimal, sum } from '../src/index.ts';
import type { Plan } from '../src/index.ts';
import {
  addForeign,
  anInstrument,
  aPlan,
  cancelByHand,
  changeTrailByHand,
  marketEntry,
  monitorOn,
  movePriceByHand,
  moveTo,
  openOrders,
  openVenue,
  rowOf,
  settleDown,
  trade,
} from '../testing/index.ts';
import type { Monitor } from '../testing/index.ts';

test('a take-profit that somebody cancelled is placed again, or stays cancelled where that is respected', () => {
  const put = opened('reassert');
  cancelByHand(put, 't2');
  expect(ladderOf(put)).toEqual(['t1', 't2', 't3', 't4']);

  const kept = opened('respect');
  cancelByHand(kept, 't2');
  expect(ladderOf(kept)).toEqual(['t1', 't3', 't4']);
  expect(kept.tpSl.conditions.ExternalChange?.detail).toBe('t2: cancelled by hand, and stays so');
  moveTo(kept.venue, decimal('110'));
  settleDown(kept);
  expect(ladderOf(kept)).toEqual(['t3', 't4']);
});

test('a take-profit that is cancelled again and again is left for a while', () => {
  const monitor = opened('reassert');
  const counts = [0, 1, 2, 3].map(() => {
    cancelByHand(monitor, 't2');
    return ladderOf(monitor).length;
  });
  expect(counts).toEqual([4, 4, 4, 3]);
  expect(monitor.tpSl.conditions).toHaveProperty('ExternalConflict');
  monitor.venue.nowMs += 60_000;
  settleDown(monitor);
  expect(ladderOf(monitor)).toHaveLength(4);
});

test('a take-profit that goes by our own cancel, or beside a fill, was not cancelled by hand', () => {
  const trimmed = opened('respect');
  trade(trimmed.venue, 'Sell', decimal('97'));
  settleDown(trimmed);
  expect(trimmed.tpSl).not.toHaveProperty('dropped');

  const beside = opened('respect');
  moveTo(beside.venue, decimal('110'));
  cancelByHand(beside, 't3');
  expect(beside.tpSl).not.toHaveProperty('dropped');
  expect(ladderOf(beside)).toEqual(['t2', 't3', 't4']);
});

test('a take-profit that we cancelled for want of capacity comes back with the capacity', () => {
  const monitor = opened('respect');
  const qty = decimal('99.9');
  addForeign(monitor.venue, { side: 'Sell', reduceOnly: true, qty, leavesQty: qty });
  settleDown(monitor);
  expect(ladderOf(monitor).length).toBeLessThan(4);
  for (const [id, row] of monitor.venue.book) {
    if (row.orderLinkId === '') monitor.venue.book.set(id, { ...row, status: 'Cancelled', leavesQty: 0n });
  }
  monitor.venue.nowMs += 30_000;
  settleDown(monitor);
  expect(monitor.tpSl).not.toHaveProperty('dropped');
  expect(ladderOf(monitor)).toEqual(['t1', 't2', 't3', 't4']);
});

test('a take-profit that somebody moved is moved back, not for ever, and stays where that is respected', () => {
  const kept = opened('respect');
  movePriceByHand(kept, 't2', '113');
  settleDown(kept);
  expect(rowOf(kept, 't2').price).toBe(decimal('113'));

  const put = opened('reassert');
  const prices = [0, 1, 2, 3].map(() => {
    movePriceByHand(put, 't2', '113');
    settleDown(put);
    return rowOf(put, 't2').price;
  });
  expect(prices).toEqual(['115', '115', '115', '113'].map(decimal));
});

test('S-10 a trailing stop that somebody changed is armed again, not for ever, and left where that is respected', () => {
  const trailingStop = { distance: decimal('8') };
  const kept = opened('respect', { trailingStop });
  changeTrailByHand(kept, '5');
  settleDown(kept);
  expect(kept.venue.position?.trailingStop).toBe(decimal('5'));
  expect(kept.tpSl.conditions).toHaveProperty('ExternalChange');

  const put = opened('reassert', { trailingStop });
  const distances = [0, 1, 2, 3].map(() => {
    changeTrailByHand(put, '5');
    settleDown(put);
    return put.venue.position?.trailingStop;
  });
  expect(distances).toEqual(['8', '8', '8', '5'].map(decimal));
  expect(put.tpSl.conditions).toHaveProperty('ExternalConflict');
});

test('S-17 a partial close by hand shrinks the take-profits in proportion, and their sum is what is left', () => {
  const monitor = opened('respect');
  trade(monitor.venue, 'Sell', decimal('40'));
  settleDown(monitor);
  const rows = openOrders(monitor.venue).filter(({ reduceOnly }) => reduceOnly);
  expect(rows.map(({ leavesQty }) => leavesQty)).toEqual(['51', '3', '3', '3'].map(decimal));
  expect(monitor.tpSl.conditions).not.toHaveProperty('ExternalQuantity');
});

test('S-19 what others add counts in the sums, is covered by the stop and the take-profits, and is a condition', () => {
  const monitor = opened('reassert');
  trade(monitor.venue, 'Buy', decimal('50'));
  settleDown(monitor);
  const rows = openOrders(monitor.venue).filter(({ reduceOnly }) => reduceOnly);
  expect(sum(rows.map(({ leavesQty }) => leavesQty))).toBe(decimal('150'));
  expect(monitor.tpSl.conditions.ExternalQuantity?.detail).toBe('others added 50 to the position');
});

function opened(policy: 'respect' | 'reassert', more: Partial<Plan> = {}): Monitor {
  const plan = aPlan({ entries: [marketEntry('100')], externalChanges: { policy }, ...more });
  const monitor = monitorOn(openVenue(anInstrument(), plan, { price: decimal('100') }));
  settleDown(monitor);
  monitor.venue.nowMs += 5_000;
  return monitor;
}

function ladderOf({ venue }: Monitor): readonly string[] {
  const rows = openOrders(venue).filter(({ reduceOnly, orderLinkId }) => reduceOnly && orderLinkId !== '');
  const legs = rows.map(({ orderLinkId }) => /-(t\d)-/.exec(orderLinkId)?.[1] ?? '');
  return legs.toSorted((a, b) => a.localeCompare(b));
}
