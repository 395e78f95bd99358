import { decimal, initialState, type LaneStates } from '@backstop/core';
import { aPlan, aPosition, aStopRow, aTakeProfitRow, executed, prices, START_MS } from '@backstop/core/testing';
import type { CheckRead } from '@backstop/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDirty, nextRead, type Scope } from '../src/next-read.ts';
import { aRead, row, streamed } from './reads.ts';

function remembering(limitOrder: Partial<LaneStates['limit-order']>): CheckRead['states'] {
  const state = { ...initialState('limit-order'), ...limitOrder };
  return { ...aRead().states, 'limit-order': { version: 1, state } };
}

function young(): Partial<CheckRead> {
  return { plan: aPlan({ createdAtMs: START_MS + 1 }) };
}

const open = { position: row(aPosition()), orders: row([aStopRow()]), executed: executed({ e0: '100' }) };

describe('what has to be read next', () => {
  test.each<[string, Partial<CheckRead>, Scope | undefined]>([
    ['fresh rows of a quiet account need nothing', {}, undefined],
    ['fresh rows of an open position need nothing', open, undefined],
    ['a row that was never read needs the account', { position: { kind: 'missing' } }, 'account'],
    ['a row that is too old needs the account', { orders: { kind: 'expired' } }, 'account'],
    ['a row from before our last write needs its symbol', { orders: row([], { dirty: true }) }, 'symbol'],
    ['a price beyond a working limit needs its symbol', crossed('111'), 'symbol'],
    ['S-20 rows from before the plan need its symbol: others may have opened something since', young(), 'symbol'],
    ['a position without executions needs the executions', { position: row(aPosition()) }, 'executions'],
    ['an order that vanished needs the executions', { states: remembering({ placed: { e1: 0 } }) }, 'executions'],
    ['F-11 a plan that was restored needs the executions, although its rows are flat', restored(-1), 'executions'],
    ['F-11 a plan that was restored needs them once', restored(7), undefined],
  ])('%s', (_title, part, scope) => {
    expect(nextRead(aRead(part), new Set())).toBe(scope);
  });

  describe('of rows that a live stream vouches for', () => {
    test.each<[string, Partial<CheckRead>, Scope | undefined]>([
      ['no price beyond a limit: its fill would have been told', streamed(crossed('111')), undefined],
      ['nothing, though they are from before the plan: what happened since was told', streamed(young()), undefined],
      ['the symbol, when the price is beyond the stop and the position still open', streamed(crossed('89')), 'symbol'],
      ['the symbol, when orders show less than is booked', streamed(lagging()), 'symbol'],
      [
        'the symbol, when they are from before our last write',
        streamed({ orders: row([], { dirty: true }) }),
        'symbol',
      ],
      ['nothing, when an order is gone: had it executed, its frame or the position would tell', vanished(), undefined],
      ['the executions, when an order shows more than is booked', streamed(ahead()), 'executions'],
      ['the executions, when the position has none', streamed({ position: row(aPosition()) }), 'executions'],
    ])('%s', (_title, part, scope) => {
      expect(nextRead(aRead(part), new Set())).toBe(scope);
    });

    test('one row alone is not enough: of the other a fill may not have been told', () => {
      const { position } = aRead(open);
      expect(nextRead(aRead({ ...vanished(), position }), new Set())).toBe('executions');
      expect(nextRead(aRead({ ...streamed(crossed('111')), orders: crossed('111').orders }), new Set())).toBe('symbol');
    });
  });

  test('F-34 rows that the account does not bring are looked for by their symbol, and then no more', () => {
    const read = aRead({ orders: { kind: 'missing' } });
    expect(nextRead(read, new Set(['account']))).toBe('symbol');
    expect(nextRead(read, new Set(['account', 'symbol']))).toBeUndefined();
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

  test('no scope is asked for twice, however odd the rows are or that there are none, so one decision costs three calls at most', () => {
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
    ['a dirty position', { position: row(undefined, { dirty: true }) }, true],
    ['dirty orders', { orders: row([], { dirty: true }) }, true],
    ['a row that is missing', { orders: { kind: 'missing' } }, true],
  ])('%s', (_title, part, dirty) => {
    expect(isDirty(aRead(part))).toBe(dirty);
  });
});

function restored(executionsSeq: number): Partial<CheckRead> {
  return { plan: aPlan({ restoreEpoch: 1 }), executionsSeq };
}

function crossed(last: string) {
  const orders = row([aStopRow(), aTakeProfitRow('t1', '85', '110')]);
  return { ...open, orders, prices: prices(last, START_MS + 1) };
}

function vanished(): Partial<CheckRead> {
  const states = {
    ...remembering({ placed: { e1: 0 } }),
    'tp-sl': { version: 1, state: tpSlState({ placed: { t1: 0 } }) },
  };
  return streamed({ ...open, states });
}

function tpSlState(part: Partial<LaneStates['tp-sl']>): LaneStates['tp-sl'] {
  return { ...initialState('tp-sl'), ...part };
}

/** A take-profit whose row shows a fill of which there is no execution. */
function ahead(): Partial<CheckRead> {
  const filling = { ...aTakeProfitRow('t1', '85', '110'), cumExecQty: decimal('10'), leavesQty: decimal('75') };
  return { ...open, orders: row([aStopRow(), filling]) };
}

/** A take-profit that has filled in part by its execution, and not by its row. */
function lagging(): Partial<CheckRead> {
  const orders = row([aStopRow(), aTakeProfitRow('t1', '85', '110')]);
  return {
    ...open,
    position: row(aPosition({ size: decimal('90') })),
    orders,
    executed: executed({ e0: '100', t1: '10' }),
  };
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
    isThere: fc.boolean(),
  })
  .map(({ size, seq, executionsSeq, entered, dirty, last, isPlaced, isThere }) =>
    aRead({
      ...(!isThere && { instrument: undefined }),
      position: row(aPosition({ size: BigInt(size) * 10n ** 12n, seq }), { dirty }),
      orders: row([aStopRow(), aTakeProfitRow('t1', '85', '110')]),
      executionsSeq,
      executed: executed({ e0: entered }),
      prices: prices(last, START_MS + 1),
      states: remembering(isPlaced ? { placed: { e1: 0 } } : {}),
    }),
  );
