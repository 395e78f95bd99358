import { expect, test } from 'vitest';
import { executedBy, format, toJson } from '../testing/core.ts';
import { counterexample } from '../testing/index.ts';
import type { Judge } from '../testing/index.ts';

const LAGGING = { isLagging: true, isPatient: true } as const;

test('S-22 a position is never abandoned, although listings and executions lag by a second', () => {
  const judge: Judge = {
    atEnd: ({ tpSl, venue: { position } }) =>
      tpSl.stage === 'closed' && position !== undefined ? [`closed beside ${toJson(position)}`] : [],
  };
  expect(counterexample(LAGGING, () => judge)).toBe('none');
});

test('S-21 no entry is bought twice, although listings and executions lag and market entries fill in part', () => {
  const judge: Judge = {
    atEnd: ({ venue: { executed } }, { plan }) =>
      plan.entries.flatMap(({ leg, qty }) => {
        const bought = executedBy(executed, (by) => by === leg).qty;
        return bought > qty ? [`${leg}: ${format(bought)} bought of ${format(qty)}`] : [];
      }),
  };
  expect(counterexample(LAGGING, () => judge)).toBe('none');
});
