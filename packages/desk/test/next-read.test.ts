import { initialState, type LaneStates } from '@backstop/core';
import {
  anInstrument,
  aPlan,
  aPosition,
  aSnapshot,
  aStopRow,
  aTakeProfitRow,
  executed,
  prices,
  START_MS,
} from '@backstop/core/testing';
import type { CheckRead, Row } from '@backstop/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDirty, nextRead, type Scope } from '../src/next-read.ts';

const QUIET = aSnapshot();

/** A check that reads a flat account with fresh rows; `part` says what is different. */
function aRead(part: Partial<CheckRead> = {}): CheckRead {
  return {
    nowMs: START_MS,
    plan: aPlan(),
    states: {
      'tp-sl': { version: 0, state: initialState('tp-sl') },
      'limit-order': { version: 0, state: initialState('limit-order') },
    },
    position: row(undefined),
    orders: row([]),
    executed: new Map(),
    executionsSeq: 1,
    prices: QUIET.prices,
    instrument: anInstrument(),
    intents: [],
    epoch: 0,
    dirtyEpoch: 0,
    failedUntilMs: 0,
    ...part,
  };
}

function row<T>(value: T, dirty = false): Row<T> {
  return { kind: 'row', value, startMs: START_MS, endMs: START_MS, epoch: 0, patched: false, dirty };
}

function remembering(limitOrder: Partial<LaneStates['limit-order']>): CheckRead['states'] {
  const state = { ...initialState('limit-order'), ...limitOrder };
  return { ...aRead().states, 'limit-order': { version: 1, state } };
}

const open = { position: row(aPosition()), orders: row([aStopRow()]), executed: executed({ e0: '100' }) };

describe('what has to be read next', () => {
  test.each<[string, Partial<CheckRead>, Scope | undefined]>([
    ['fresh rows of a quiet account need nothing', {}, undefined],
    ['fresh rows of an open position need nothing', open, undefined],
    ['a row that was never read needs the account', { position: { kind: 'missing' } }, 'account'],
    ['a row that is too old needs the account', { orders: { kind: 'expired' } }, 'account'],
    ['a row from before our last write needs its symbol', { orders: row([], true) }, 'symbol'],
    ['a price beyond a working limit needs its symbol', { ...crossed() }, 'symbol'],
    ['a position without executions needs the executions', { position: row(aPosition()) }, 'executions'],
    ['an order that vanished needs the executions', { states: remembering({ placed: { e1: 0 } }) }, 'executions'],
    ['F-11 a plan that was restored needs the executions, although its rows are flat', restored(-1), 'executions'],
    ['F-11 a plan that was restored needs them once', restored(7), undefined],
  ])('%s', (_title, part, scope) => {
    expect(nextRead(aRead(part), new Set())).toBe(scope);
  });

  test('an order whose vanishing the executions do not explain is looked for again', () => {
    const read = aRead({ states: remembering({ placed: { e1: 0 } }) });
    expect(nextRead(read, new Set(['executions']))).toBe('symbol');
  });

  test('books that stay open after the executions came need the symbol once more, and then nothing', () => {
    const read = aRead({ position: row(aPosition()) });
    expect(nextRead(read, new Set(['executions']))).toBe('symbol');
    expect(nextRead(read, new Set(['executions', 'symbol']))).toBeUndefined();
  });

  test('no scope is asked for twice while there are rows, however odd they are, so one decision costs three calls at most', () => {
    fc.assert(
      fc.property(oddReads, (read) => {
        const done = new Set<Scope>();
        for (let scope = nextRead(read, done); scope !== undefined; scope = nextRead(read, done)) {
          expect(done.has(scope)).toBe(false);
          done.add(scope);
        }
        expect(done.size).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('isDirty', () => {
  test.each<[string, Partial<CheckRead>, boolean]>([
    ['clean rows', {}, false],
    ['a dirty position', { position: row(undefined, true) }, true],
    ['dirty orders', { orders: row([], true) }, true],
    ['a row that is missing', { orders: { kind: 'missing' } }, true],
  ])('%s', (_title, part, dirty) => {
    expect(isDirty(aRead(part))).toBe(dirty);
  });
});

function restored(executionsSeq: number): Partial<CheckRead> {
  return { plan: aPlan({ restoreEpoch: 1 }), executionsSeq };
}

function crossed(): Partial<CheckRead> {
  const orders = row([aStopRow(), aTakeProfitRow('t1', '85', '110')]);
  return { ...open, orders, prices: prices('111', START_MS + 1) };
}

/** Any mixture of dirty rows, open books, crossed prices and vanished orders. */
const oddReads = fc
  .record({
    size: fc.constantFrom('0', '50', '100'),
    seq: fc.integer({ min: -1, max: 3 }),
    executionsSeq: fc.integer({ min: -1, max: 3 }),
    entered: fc.constantFrom('0', '50', '100'),
    dirty: fc.boolean(),
    last: fc.constantFrom('80', '100', '111'),
    isPlaced: fc.boolean(),
  })
  .map(({ size, seq, executionsSeq, entered, dirty, last, isPlaced }) =>
    aRead({
      position: row(aPosition({ size: BigInt(size) * 10n ** 12n, seq }), dirty),
      orders: row([aStopRow(), aTakeProfitRow('t1', '85', '110')]),
      executionsSeq,
      executed: executed({ e0: entered }),
      prices: prices(last, START_MS + 1),
      states: remembering(isPlaced ? { placed: { e1: 0 } } : {}),
    }),
  );
