import { decimal, type ActionOutcome } from '@backstop/core';
import { expect, test } from 'vitest';
import { describeOutcome } from '../src/describe.ts';
import { amend, cancel, create, setStop, setTrailing } from './outcomes.ts';

const refusal = {
  result: 'refused',
  reason: 'no-capacity',
  code: 110_017,
  message: '110017: nothing to reduce',
} as const;

test.each<[ActionOutcome, string]>([
  [{ action: setStop(), result: 'done' }, 'set stop 0.429 (no stop): done'],
  [{ action: setTrailing(), result: 'done' }, 'set stop 0.429, trailing by 0.01 (arms the trailing stop): done'],
  [{ action: create('x', undefined, '0'), result: 'done' }, 'create x for the whole position (not entered yet): done'],
  [{ action: create('e0'), result: 'unknown' }, 'create e0 1250.5 (not entered yet): unknown'],
  [{ action: create('e1', '0.4'), result: 'unsent' }, 'create e1 1250.5 at 0.4 (not entered yet): unsent'],
  [{ action: cancel('e1'), result: 'done' }, 'cancel e1 (t1 is filled): done'],
  [{ action: amend('t1', { qty: decimal('3') }), result: 'done' }, 'amend t1 to 3 (the size changed): done'],
  [{ action: amend('e1', { stopLoss: decimal('2') }), result: 'done' }, 'amend e1 stop 2 (the size changed): done'],
  [{ action: amend('t1', { price: decimal('5') }), result: 'done' }, 'amend t1 at 5 (the size changed): done'],
  [
    { action: create('x'), ...refusal },
    'create x 1250.5 (not entered yet): refused as no-capacity, 110017: nothing to reduce',
  ],
  [
    { action: create('t1', '5'), result: 'id-ended', status: 'Cancelled' },
    'create t1 1250.5 at 5 (not entered yet): id used up by an order that is Cancelled',
  ],
])('operators read what was done and what became of it: %#', (outcome, text) => {
  expect(describeOutcome(outcome)).toBe(text);
});
