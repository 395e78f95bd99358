import { decimal, formatOrderLinkId, type Execution } from '@backstop/core';
import { anExecution, aPlan, START_MS } from '@backstop/core/testing';
import { expect, test } from 'vitest';
import { bookExecution } from '../src/book-execution.ts';

const plan = aPlan();

test('S-24 a fill from before the plan under its own id is its own, and under that of another installation is nobody its', () => {
  expect(owner({ orderLinkId: idOf('abc') })).toBe(plan.id);
  expect(owner({ orderLinkId: idOf('zzz') })).toBeUndefined();
});

test('S-26 a fill without our id on another symbol is not booked, whenever it happened', () => {
  const later = START_MS + 60_000;
  expect(owner({ orderLinkId: '', closedSize: decimal('10'), side: 'Sell', timeMs: later })).toBe(plan.id);
  expect(
    owner({ orderLinkId: '', closedSize: decimal('10'), side: 'Sell', timeMs: later, symbol: 'BTCUSDT' }),
  ).toBeUndefined();
});

function owner(changes: Partial<Execution>): string | undefined {
  const execution = anExecution({ timeMs: START_MS - 60_000, ...changes });
  return bookExecution(execution, [plan], 'abc')?.parts[0]?.monitorId;
}

function idOf(installation: string): string {
  return formatOrderLinkId({ installation, planId: plan.id, leg: 'e0', restoreEpoch: 0, generation: 0 });
}
