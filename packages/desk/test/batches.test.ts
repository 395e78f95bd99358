import type { Action, BudgetLane } from '@backstop/core';
import { largestCost } from '@backstop/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batches, type Batch } from '../src/batches.ts';
import { amend, cancel, create, exit, setStop } from './actions.ts';

const lane = fc.constantFrom<BudgetLane>('protective', 'take-profit', 'entry', 'clean-up');
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constant(setStop()),
  fc.constant(exit()),
  fc
    .tuple(fc.constantFrom(create, amend, cancel), fc.constantFrom('e1', 't1', 't2'), lane)
    .map(([build, leg, budget]) => build(leg, budget)),
);
/** Runs of equal actions, as a ladder has them, beside single ones. */
const actions = fc
  .array(fc.tuple(action, fc.integer({ min: 1, max: 25 })), { maxLength: 12 })
  .map((runs) => runs.flatMap(([each, count]) => Array.from({ length: count }, () => ({ ...each }))));

const isAlone = ([first]: Batch): boolean =>
  first.type === 'set-stop' || (first.type === 'create' && first.leg === 'x');

describe('batches', () => {
  test('S-15 the order of a decision stays, nothing is lost and nothing doubled', () => {
    fc.assert(
      fc.property(actions, (all) => {
        expect(batches(all).flat()).toEqual(all);
      }),
    );
  });

  test('each request is of one kind and one budget lane, and its lane may be granted all of it at once', () => {
    fc.assert(
      fc.property(actions, (all) => {
        for (const batch of batches(all)) {
          const [first] = batch;
          expect(batch.every(({ type, budget }) => type === first.type && budget === first.budget)).toBe(true);
          expect(batch.length).toBeLessThanOrEqual(largestCost('order-create-batch', first.budget));
        }
      }),
    );
  });

  test('nothing goes out together with a stop or an exit', () => {
    fc.assert(
      fc.property(actions, (all) => {
        expect(batches(all).filter((batch) => isAlone(batch) && batch.length > 1)).toEqual([]);
      }),
    );
  });

  test('no request is cut where its neighbour could have joined it', () => {
    fc.assert(
      fc.property(actions, (all) => {
        const cut = batches(all);
        const joinable = cut.slice(1).filter((batch, at) => {
          const before = cut[at] ?? batch;
          const isFull = before.length === largestCost('order-create-batch', before[0].budget);
          const isSameKind = before[0].type === batch[0].type && before[0].budget === batch[0].budget;
          return isSameKind && !isFull && !isAlone(before) && !isAlone(batch);
        });
        expect(joinable).toEqual([]);
      }),
    );
  });

  test('a decision of a stop, two cancels, a ladder and two entries makes four requests', () => {
    const all = [
      setStop(),
      cancel('e1'),
      cancel('e2'),
      create('t1', 'take-profit'),
      create('t2', 'take-profit'),
      create('e3'),
      create('e4'),
    ];
    expect(batches(all).map((batch) => batch.map(({ type }) => type).join(' '))).toEqual([
      'set-stop',
      'cancel cancel',
      'create create',
      'create create',
    ]);
  });
});
