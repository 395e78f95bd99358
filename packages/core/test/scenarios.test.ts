import { expect, test } from 'vitest';
import { adopt, decimal, needsExecutions } from '../src/index.ts';
import type { Action, Decimal, Plan } from '../src/index.ts';
import {
  anInstrument,
  aPlan,
  ask,
  check,
  endOrder,
  fill,
  limitEntry,
  marketEntry,
  monitorOn,
  moveTo,
  openOrders,
  openVenue,
  settleDown,
  snapshotOf,
  trade,
} from '../testing/index.ts';
import type { Monitor } from '../testing/index.ts';

test('scenario 1: an entry that fills in part after breakeven brings the plan stop back; it is re-asserted before anything else', () => {
  const monitor = scaledOut({ isCancelSent: false });
  executePart(monitor, 'e1', decimal('30'));
  expect(monitor.venue.position?.stopLoss).toBe(decimal('90'));

  const actions = check(monitor, 'tp-sl');
  expect(kinds(actions).slice(0, 2)).toEqual(['set-stop', 'cancel e1']);
  expect(monitor.venue.position?.stopLoss).toBe(monitor.tpSl.breakeven);
  expect(monitor.tpSl.breakeven).toBe(decimal('96.78'));
});

test('scenario 1: where the market is through the new level the position is left instead', () => {
  const monitor = scaledOut({ isCancelSent: false });
  executePart(monitor, 'e1', decimal('30'));
  monitor.venue.price = decimal('95');
  expect(kinds(check(monitor, 'tp-sl')).slice(0, 2)).toEqual(['cancel e1', 'create x']);
  expect(monitor.tpSl.exit?.reason).toBe('through-breakeven');
});

test('F-03 a late entry fill opens the ladder again for the difference', () => {
  const monitor = scaledOut({ isCancelSent: false });
  executePart(monitor, 'e1', decimal('30'));
  monitor.venue.price = decimal('105');
  settleDown(monitor);
  const placed = ladderOf(monitor).map(([, qty]) => qty);
  expect(placed.reduce((total, qty) => total + qty, 0n)).toBe(decimal('45'));
  expect(monitor.tpSl.filledTakeProfits).toEqual(['t1']);
});

test('scenario 2: the stop closes and a resting entry fills in one sweep: left again under its stop, entries gone, no old take-profits', () => {
  const plan = aPlan({ entries: [marketEntry('100'), limitEntry('e1', '100', '89'), limitEntry('e2', '100', '88')] });
  const monitor = opened({ ...plan, stopLoss: { triggerPrice: decimal('87'), triggerBy: 'LastPrice' } });
  monitor.venue.position = { ...position(monitor), stopLoss: decimal('90') };
  moveTo(monitor.venue, decimal('89.5'));
  monitor.venue.nowMs += 1;
  moveTo(monitor.venue, decimal('89'));
  expect(monitor.venue.position?.stopLoss).toBe(decimal('87'));

  const actions = check(monitor, 'tp-sl');
  expect(kinds(actions)).toEqual(['cancel e2', 'create x']);
  expect(monitor.tpSl.exit?.reason).toBe('entry-after-flat');
  expect(monitor.venue.position).toBeUndefined();
});

test('scenario 3: take-profits that hold all capacity are cancelled, and the exit for the rest leaves flat with one close event', () => {
  const monitor = opened(aPlan({ entries: [marketEntry('100')] }), { isExitCrowdedOut: true });
  monitor.tpSl = { ...monitor.tpSl, exit: { reason: 'operator', sinceMs: monitor.venue.nowMs } };

  expect(kinds(check(monitor, 'tp-sl'))).toEqual(['create x']);
  const cancels = check(monitor, 'tp-sl', { isSent: (_action, index) => index === 0 });
  expect(kinds(cancels)).toEqual(['cancel t1', 'cancel t2', 'cancel t3', 'cancel t4']);
  moveTo(monitor.venue, decimal('115'));
  expect(monitor.venue.position?.size).toBe(decimal('95'));

  settleDown(monitor);
  monitor.venue.nowMs += 10_000;
  settleDown(monitor);
  expect(monitor.venue.position).toBeUndefined();
  expect(monitor.tpSl).toMatchObject({ stage: 'closed', closeReason: 'exit' });
  expect(monitor.events.filter(({ type }) => type === 'closed')).toHaveLength(1);
});

test('scenario 4: a stop that fired for 40 % and ended is not closed: exit after a second, not before', () => {
  const monitor = opened(aPlan({ entries: [marketEntry('100')] }));
  const { venue } = monitor;
  const firing = { stopOrderType: 'StopLoss', status: 'PartiallyFilled' };
  const rows = (): ReturnType<typeof snapshotOf> => {
    const snapshot = snapshotOf(venue);
    return {
      ...snapshot,
      orders: snapshot.orders.map((row) => (row.orderId === 'stop' ? { ...row, ...firing } : row)),
    };
  };
  venue.price = decimal('89.9');
  expect(check(monitor, 'tp-sl', { snapshot: rows() })).toEqual([]);
  venue.nowMs += 900;
  expect(check(monitor, 'tp-sl', { snapshot: rows() })).toEqual([]);
  venue.nowMs += 200;
  expect(kinds(check(monitor, 'tp-sl', { snapshot: rows() }))).toEqual(['create x']);
  expect(monitor.tpSl.exit?.reason).toBe('through-stop');
});

test('scenario 5: a merged ladder whose first leg is 88 % done returns to four legs when the second entry fills', () => {
  const instrument = anInstrument({ qtyStep: decimal('1'), minOrderQty: decimal('20') });
  const plan = aPlan({ entries: [marketEntry('100'), limitEntry('e1', '1000', '95')] });
  const monitor = opened(plan, {}, instrument);
  expect(ladderOf(monitor)).toEqual([['t1', decimal('100')]]);

  executePart(monitor, 't1', decimal('88'));
  settleDown(monitor);
  expect(ladderOf(monitor)).toEqual([['t1', decimal('12')]]);
  expect(monitor.tpSl.filledTakeProfits).toEqual([]);

  moveTo(monitor.venue, decimal('95'));
  settleDown(monitor);
  expect(ladderOf(monitor)).toEqual([
    ['t1', decimal('847')],
    ['t2', decimal('55')],
    ['t3', decimal('55')],
    ['t4', decimal('55')],
  ]);
});

test('scenario 6: a take-profit that fills between the position page and the order page is neither re-created nor told twice', () => {
  const monitor = opened(aPlan({ entries: [marketEntry('100')] }));
  const before = snapshotOf(monitor.venue);
  monitor.venue.nowMs += 50;
  moveTo(monitor.venue, decimal('110'));
  const after = snapshotOf(monitor.venue);
  const torn = { ...before, orders: after.orders, ordersAtMs: after.ordersAtMs };

  expect(needsExecutions(torn, monitor.venue.plan, monitor)).toBe(true);
  expect(ask(monitor, 'tp-sl', torn).actions).toEqual([]);
  const fetched = { ...torn, executed: after.executed, executionsSeq: after.executionsSeq };
  check(monitor, 'tp-sl', { snapshot: fetched });
  settleDown(monitor);
  expect(monitor.events.filter(({ type }) => type === 'take-profit-filled')).toHaveLength(1);
  expect(monitor.venue.created.filter(({ orderLinkId }) => orderLinkId.includes('-t1-'))).toHaveLength(1);
});

test('scenario 7: a stop write that lost its reply and lands last is put right: the newer level stands at the end', () => {
  for (const policy of ['reassert', 'respect'] as const) {
    const steps = { triggerPrice: decimal('90'), triggerBy: 'LastPrice', steps: { ifThrough: 'exit' } } as const;
    const plan = aPlan({ entries: [marketEntry('100')], stopLoss: steps, externalChanges: { policy } });
    const monitor = opened(plan);
    moveTo(monitor.venue, decimal('110'));
    expect(kinds(check(monitor, 'tp-sl', { isSent: () => false }))).toEqual(['set-stop']); // A, still under way
    moveTo(monitor.venue, decimal('115'));
    check(monitor, 'tp-sl'); // B
    expect(monitor.venue.position?.stopLoss).toBe(decimal('110'));
    check(monitor, 'tp-sl');
    monitor.venue.nowMs += 1_900;
    monitor.venue.position = { ...position(monitor), stopLoss: decimal('100.12') }; // A lands
    expect(kinds(check(monitor, 'tp-sl'))).toEqual(['set-stop']);
    expect(monitor.venue.position.stopLoss).toBe(decimal('110'));
  }
});

test('scenario 9: a manual order that turns the position round ends the plan: entries gone, the new position untouched', () => {
  const monitor = opened(aPlan());
  trade(monitor.venue, 'Sell', decimal('150'));
  const actions = check(monitor, 'tp-sl');
  expect(kinds(actions)).toEqual(['cancel e1']);
  monitor.venue.nowMs += 10_000;
  settleDown(monitor);
  expect(monitor.tpSl).toMatchObject({ stage: 'closed', closeReason: 'external' });
  expect(monitor.venue.position).toMatchObject({ side: 'Sell', size: decimal('50'), stopLoss: undefined });
});

test('scenario 9: a position that is closed by hand and opened again alike between two looks is not the plan: what comes is adopted', () => {
  const monitor = opened(aPlan());
  const { venue } = monitor;
  const { openTimeMs } = position(monitor);
  trade(venue, 'Sell', decimal('100'));
  venue.nowMs += 1_000;
  trade(venue, 'Buy', decimal('100'));
  expect(position(monitor)).toMatchObject({ side: 'Buy', size: decimal('100') });
  expect(position(monitor).openTimeMs).not.toBe(openTimeMs);

  expect(kinds(check(monitor, 'tp-sl'))).toEqual(['cancel e1']);
  venue.nowMs += 10_000;
  settleDown(monitor);
  expect(monitor.tpSl).toMatchObject({ stage: 'closed', closeReason: 'external' });
  const policy = { mode: 'protect-only', stopDistance: decimal('0.1') } as const;
  const { instrument, nowMs } = venue;
  const adopted = adopt(position(monitor), policy, {
    account: 'main',
    instrument,
    prices: undefined,
    takerFeeRate: 0n,
    nowMs,
  });
  expect(adopted).toMatchObject({ side: 'Buy', stopLoss: { triggerPrice: decimal('90') }, takeProfits: [] });
  expect(adopted?.id).not.toBe(venue.plan.id);
});

test('scenario 10: entries that the exchange cancelled are not placed again; at half size the stop comes first and the ladder shrinks', () => {
  const monitor = opened(aPlan());
  const { venue } = monitor;
  endOrder(venue, 'e1');
  venue.position = { ...position(monitor), status: 'Liq' };
  expect(check(monitor, 'tp-sl')).toEqual([]);
  expect(check(monitor, 'limit-order')).toEqual([]);

  const half = decimal('50');
  venue.seq += 1;
  venue.position = { ...position(monitor), status: 'Normal', size: half, stopLoss: undefined, seq: venue.seq };
  venue.executed.set('liquidation', { qty: half, value: half * 90n, fee: 0n });
  const actions = check(monitor, 'tp-sl');
  expect(kinds(actions)).toEqual(['set-stop', 'amend t1', 'amend t2', 'amend t3', 'amend t4']);
  settleDown(monitor);
  expect(monitor.limitOrder.ended).toEqual({ e1: 'ended elsewhere as Cancelled' });
  expect(openOrders(venue).some(({ orderLinkId }) => orderLinkId.includes('-e1-'))).toBe(false);

  venue.position = undefined;
  venue.executed.set('liquidation', { qty: half * 2n, value: half * 180n, fee: 0n });
  venue.book.clear();
  venue.nowMs += 10_000;
  settleDown(monitor);
  expect(monitor.tpSl.closeReason).toBe('liquidation');
});

function opened(plan: Plan, options: { isExitCrowdedOut?: boolean } = {}, instrument = anInstrument()): Monitor {
  const monitor = monitorOn(openVenue(instrument, plan, { price: decimal('100'), ...options }));
  settleDown(monitor);
  return monitor;
}

/** Past the first take-profit, breakeven confirmed; the entry's cancel may have been lost on the way. */
function scaledOut({ isCancelSent }: { isCancelSent: boolean }): Monitor {
  const monitor = opened(aPlan());
  moveTo(monitor.venue, decimal('110'));
  check(monitor, 'tp-sl', { isSent: ({ type }) => isCancelSent || type !== 'cancel' });
  expect(monitor.venue.position?.stopLoss).toBe(decimal('100.12'));
  return monitor;
}

function position({ venue }: Monitor): NonNullable<Monitor['venue']['position']> {
  if (venue.position === undefined) throw new Error('the position is flat');
  return venue.position;
}

/** Actions as `type leg`, in order. */
function kinds(actions: readonly Action[]): readonly string[] {
  return actions.map((action) => (action.type === 'set-stop' ? 'set-stop' : `${action.type} ${action.leg}`));
}

function takeProfitRows({ venue }: Monitor): ReturnType<typeof openOrders> {
  return openOrders(venue).filter(({ reduceOnly }) => reduceOnly);
}

function ladderOf(monitor: Monitor): readonly (readonly [string | undefined, Decimal])[] {
  const rows = takeProfitRows(monitor).map((row) => [/-(t\d)-/.exec(row.orderLinkId)?.[1], row.leavesQty] as const);
  return rows.toSorted(([a = ''], [b = '']) => a.localeCompare(b));
}

/** A part of one order executes at its price. */
function executePart(monitor: Monitor, leg: string, qty: Decimal): void {
  const row = openOrders(monitor.venue).find(({ orderLinkId }) => orderLinkId.includes(`-${leg}-`));
  if (row?.price === undefined) throw new Error(`${leg} does not rest`);
  fill(monitor.venue, row, qty, row.price);
}
