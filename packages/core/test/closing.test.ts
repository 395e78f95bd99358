import { expect, test } from 'vitest';
import { decide, decimal, initialState, settle } from '../src/index.ts';
import type { Decision, Snapshot, Stage, TpSlState } from '../src/index.ts';
import { NEXT_STAGE } from '../src/stage.ts';
import {
  anEntryRow,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  START_MS,
  tpSlContext,
} from '../testing/index.ts';

test('F-12 the close reason is whose order closed the position', () => {
  expect(reasonOf({ e0: '100', stop: '100' })).toBe('stop');
  expect(reasonOf({ e0: '100', t1: '85', t2: '15' })).toBe('take-profit');
  expect(reasonOf({ e0: '100', t1: '85', stop: '15' })).toBe('stop');
  expect(reasonOf({ e0: '100', stop: '40', x: '60' })).toBe('exit');
  expect(reasonOf({ e0: '100', 'external-out': '100' })).toBe('external');
  expect(reasonOf({ e0: '100', t1: '85', liquidation: '15' })).toBe('liquidation');
});

test('F-12 the last one counts, also when the position row came later than the execution', () => {
  const late = on(aSnapshot({ position: aPosition(), executed: executed({ e0: '100', stop: '100' }) }), opened());
  expect(late.state.stage).toBe('open');
  const { state } = on(aSnapshot({ executed: executed({ e0: '100', stop: '100' }) }), late.state);
  expect(state).toMatchObject({ stage: 'closing', closeReason: 'stop' });
});

test('S-23 flat after open: entries are cancelled protectively, take-profits cleared, and only a later listing closes', () => {
  const flat = aSnapshot({
    executed: executed({ e0: '100', stop: '100' }),
    orders: [anEntryRow('e1', '100', '95'), aTakeProfitRow('t4', '5', '125')],
  });
  const first = on(flat, opened());
  expect(first.actions).toMatchObject([
    { type: 'cancel', leg: 'e1', budget: 'protective' },
    { type: 'cancel', leg: 't4' },
  ]);
  const bare = { ...flat, orders: [] };
  const cleared = on(bare, first.state).state;
  const listedAt = (atMs: number): Decision<'tp-sl'> =>
    on({ ...bare, ordersAtMs: START_MS + atMs, positionAtMs: START_MS + atMs }, cleared, START_MS + atMs);
  expect(listedAt(4_999).state.stage).toBe('closing');
  const last = listedAt(5_000);
  expect(last.state.stage).toBe('closed');
  expect(last.events.map(({ type }) => type)).toEqual(['stage-changed', 'closed']);
});

test('F-34 a flat row alone closes nothing: the executions must say so too', () => {
  const { state, actions } = on(aSnapshot({ executed: executed({ e0: '100' }) }), opened());
  expect(state.stage).toBe('open');
  expect(actions).toEqual([]);
  expect(state.conditions).toHaveProperty('SizeMismatch');
});

test('S-22 an entry that fills after flat is left again, under the stop that it brought', () => {
  const closing: TpSlState = {
    ...seeing({ e0: '100', stop: '100' }),
    stage: 'closing',
    closeReason: 'stop',
    closingSinceMs: START_MS,
    flatEntered: decimal('100'),
  };
  const reopened = aSnapshot({
    position: aPosition(),
    orders: [aStopRow()],
    executed: executed({ e0: '100', stop: '100', e1: '100' }),
  });
  const { actions, state } = on(reopened, closing);
  expect(actions).toMatchObject([{ type: 'create', leg: 'x' }]);
  expect(state).toMatchObject({ stage: 'closing', exit: { reason: 'entry-after-flat' } });
});

test('a position that somebody opens after flat is not ours: the plan closes beside it', () => {
  const closing: TpSlState = {
    ...seeing({ e0: '100', stop: '100' }),
    stage: 'closing',
    closeReason: 'stop',
    closingSinceMs: START_MS,
    flatEntered: decimal('100'),
  };
  const theirs = aSnapshot({
    position: aPosition({ stopLoss: undefined }),
    executed: executed({ e0: '100', stop: '100', 'external-in': '100' }),
    ordersAtMs: START_MS + 5_000,
    positionAtMs: START_MS + 5_000,
  });
  const { actions, state } = on(theirs, closing);
  expect(actions).toEqual([]);
  expect(state.stage).toBe('closed');
});

test('scenario 9: a position closed and opened again by hand between two reads is another epoch', () => {
  const bound: TpSlState = { ...opened(), openTimeMs: 5, epochEntered: decimal('100') };
  const again = aSnapshot({
    position: aPosition({ openTimeMs: 6 }),
    orders: [aStopRow(), anEntryRow('e1', '100', '95')],
    executed: executed({ e0: '100', 'external-out': '100', 'external-in': '100' }),
  });
  const { state, actions } = on(again, bound);
  expect(state.stage).toBe('closing');
  expect(state.closeReason).toBe('external');
  expect(actions).toMatchObject([{ type: 'cancel', leg: 'e1' }]);
});

test('F-35 no stage leads back to an earlier one, whatever the facts say', () => {
  const order: readonly Stage[] = ['waiting', 'open', 'scaled-out', 'closing', 'closed'];
  const backwards = order.flatMap((from) =>
    Object.values(NEXT_STAGE[from]).filter((to) => order.indexOf(to) < order.indexOf(from)),
  );
  expect(backwards).toEqual([]);
});

test('settling keeps a newer state, counts refusals per action and never sets a fact', () => {
  const naked = aSnapshot({ position: aPosition({ stopLoss: undefined }), executed: executed({ e0: '100' }) });
  const { actions, state } = on(naked, opened());
  const outcomes = actions.map(
    (action) => ({ action, result: 'refused', reason: 'rejected', code: 1, message: 'no' }) as const,
  );
  const newer: TpSlState = { ...state, stage: 'scaled-out' };
  const { attempts, ...rest } = settle('tp-sl', newer, outcomes, START_MS);
  expect(Object.values(attempts).map(({ count }) => count)).toEqual(actions.map(() => 1));
  expect({ ...rest, attempts: newer.attempts }).toEqual(newer);

  const transient = actions.map(
    (action) => ({ action, result: 'refused', reason: 'rate-limited', code: 10_006, message: '' }) as const,
  );
  expect(settle('tp-sl', newer, transient, START_MS)).toEqual(newer);
});

test('a success forgets the refusals before it, another refusal starts its own count', () => {
  const naked = aSnapshot({ position: aPosition({ stopLoss: undefined }), executed: executed({ e0: '100' }) });
  const [action] = on(naked, opened()).actions;
  if (action === undefined) throw new Error('nothing to settle');
  const refused = { action, result: 'refused', reason: 'rejected', code: 1, message: '' } as const;
  const key = 'set-stop:90';
  expect(settle('tp-sl', opened(), [refused, refused], START_MS).attempts[key]?.count).toBe(2);
  expect(settle('tp-sl', opened(), [refused, { ...refused, code: 2 }], START_MS).attempts[key]?.count).toBe(1);
  expect(settle('tp-sl', opened(), [refused, { action, result: 'done' }], START_MS).attempts).toEqual({});
});

function reasonOf(sums: Readonly<Record<string, string>>): string | undefined {
  return on(aSnapshot({ executed: executed(sums) }), opened()).state.closeReason;
}

function on(snapshot: Snapshot, state: TpSlState, nowMs = START_MS): Decision<'tp-sl'> {
  return decide('tp-sl', snapshot, tpSlContext({ state, tpSl: state, nowMs }));
}

function opened(): TpSlState {
  return { ...seeing({ e0: '100' }), stage: 'open' };
}

function seeing(sums: Readonly<Record<string, string>>): TpSlState {
  return { ...initialState('tp-sl'), seen: Object.fromEntries(executed(sums)) };
}
