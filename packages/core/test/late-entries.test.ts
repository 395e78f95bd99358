import { expect, test } from 'vitest';
import { decide, decimal, initialState, settle } from '../src/index.ts';
import type { Decision, LimitOrderState, Snapshot, TpSlState } from '../src/index.ts';
import {
  anEntryRow,
  aPosition,
  aSnapshot,
  aStopRow,
  executed,
  limitOrderContext,
  prices,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

const STOPPED = { e0: '100', stop: '100' };

test('S-22 a late entry fill that is told before its position is listed is left once the position is', () => {
  const told = look({ executed: executed({ ...STOPPED, e1: '60' }) }, closing(), 200);
  expect(told.actions).toEqual([]);
  expect(told.state).toMatchObject({ stage: 'closing' });

  const listed = look({ ...reopened('60'), executed: executed({ ...STOPPED, e1: '60' }) }, told.state, 6_000);
  expect(listed.actions).toMatchObject([{ type: 'create', leg: 'x' }]);
  expect(listed.state).toMatchObject({ stage: 'closing', exit: { reason: 'entry-after-flat' } });
});

test('S-22 a late entry fill that both listings hide for a second is waited for, and left', () => {
  const resting = look({ orders: [anEntryRow('e1', '60', '95')], executed: executed(STOPPED) }, closing(), 6_000);
  expect(resting.actions).toMatchObject([{ type: 'cancel', leg: 'e1' }]);

  const hidden = look({ executed: executed(STOPPED) }, resting.state, 6_100);
  expect(hidden.state.stage).toBe('closing');
  expect(hidden.nextCheckInMs).toBe(1_000);
  const still = look({ executed: executed(STOPPED) }, hidden.state, 7_099);
  expect(still.state.stage).toBe('closing');

  const listed = look({ ...reopened('60'), executed: executed({ ...STOPPED, e1: '60' }) }, still.state, 7_100);
  expect(listed.actions).toMatchObject([{ type: 'create', leg: 'x' }]);
  const gone = look({ executed: executed(STOPPED) }, still.state, 7_100);
  expect(gone.state.stage).toBe('closed');
});

test('S-22 nothing closes while the books are open, however long ago the plan went flat', () => {
  const open = look({ executed: executed({ ...STOPPED, e1: '60' }) }, closing(), 600_000);
  expect(look({ executed: executed({ ...STOPPED, e1: '60' }) }, open.state, 700_000).state.stage).toBe('closing');
});

test('S-22 after a late entry was left, a position that somebody opens is theirs', () => {
  const late = look({ ...reopened('60'), executed: executed({ ...STOPPED, e1: '60' }) }, closing(), 1_000);
  const sums = { ...STOPPED, e1: '60', x: '60' };
  const left = look({ executed: executed(sums) }, late.state, 2_000);
  const theirs = { ...reopened('30'), executed: executed({ ...sums, 'external-in': '30' }) };
  const { actions, state } = look(theirs, left.state, 7_000);
  expect(actions).toEqual([]);
  expect(state.stage).toBe('closed');
});

test('S-21 a market entry that filled in part before its id ended is filled, not bought again in full', () => {
  const first = enter(aSnapshot(), initialState('limit-order'), START_MS);
  const [market] = first.actions;
  if (market === undefined) throw new Error('nothing was entered');
  const ended = { action: market, result: 'id-ended', status: 'Cancelled' } as const;

  const bought = settle('limit-order', first.state, [{ ...ended, cumExecQty: decimal('60') }], START_MS);
  expect(bought).toMatchObject({ ended: { e0: 'filled' }, generations: {}, placed: { e0: 0 } });
  const later = enter(aSnapshot(), bought, START_MS + 5_000);
  expect(later.actions.map((action) => action.type === 'create' && action.leg)).toEqual(['e1']);

  const unfilled = settle('limit-order', first.state, [{ ...ended, cumExecQty: 0n }], START_MS);
  expect(unfilled).toMatchObject({ ended: {}, generations: { e0: 1 } });
});

test('S-25 a limit entry that filled in part before its id ended is looked for among the executions', () => {
  const first = enter(aSnapshot(), initialState('limit-order'), START_MS);
  const [, limit] = first.actions;
  if (limit === undefined) throw new Error('nothing was entered');
  const ended = { action: limit, result: 'id-ended', status: 'Cancelled', cumExecQty: decimal('60') } as const;
  const state = settle('limit-order', first.state, [ended], START_MS);
  expect(state).toMatchObject({ ended: { e1: 'ended elsewhere as Cancelled' }, placed: { e1: 0 } });
});

test('S-22 the stop that an entry brought after flat stands while the position is left: neither breakeven nor a step moves it', () => {
  const seen = Object.fromEntries(executed({ e0: '100', t1: '85' }));
  const filledTakeProfits = ['t1'] as const;
  const scaled: TpSlState = { ...initialState('tp-sl'), seen, stage: 'scaled-out', filledTakeProfits };
  const again = { ...reopened('30'), executed: executed({ e0: '100', t1: '85', stop: '15', e1: '30' }) };
  const { actions, state } = look({ ...again, prices: prices('108', START_MS + 200) }, scaled, 200);
  expect(state.exit?.reason).toBe('entry-after-flat');
  expect(actions).toMatchObject([{ type: 'create', leg: 'x' }]);
});

function closing(): TpSlState {
  const seen = Object.fromEntries(executed({ e0: '100' }));
  const open: TpSlState = { ...initialState('tp-sl'), seen, stage: 'open' };
  const { state } = look({ executed: executed(STOPPED) }, open, 0);
  expect(state).toMatchObject({ stage: 'closing', closeReason: 'stop' });
  return state;
}

/** A look of the tp-sl lane at listings that were begun so many ms after the start. */
function look(facts: Partial<Snapshot>, state: TpSlState, atMs: number): Decision<'tp-sl'> {
  const nowMs = START_MS + atMs;
  return decide('tp-sl', { ...seenAt(nowMs), ...facts }, tpSlContext({ state, tpSl: state, nowMs }));
}

function enter(snapshot: Snapshot, state: LimitOrderState, nowMs: number): Decision<'limit-order'> {
  return decide('limit-order', snapshot, limitOrderContext({ state, nowMs }));
}

function seenAt(atMs: number): Snapshot {
  return aSnapshot({ positionAtMs: atMs, ordersAtMs: atMs });
}

function reopened(size: string): Partial<Snapshot> {
  return { position: aPosition({ size: decimal(size) }), orders: [aStopRow({ qty: decimal(size) })] };
}
