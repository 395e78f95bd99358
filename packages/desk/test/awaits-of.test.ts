import { decimal, type Action } from '@backstop/core';
import { aTakeProfitRow } from '@backstop/core/testing';
import { expect, test } from 'vitest';
import { awaitsOf } from '../src/awaits-of.ts';
import { amend, cancel, create, setStop } from './actions.ts';

const rung = { ...aTakeProfitRow('t1', '85', '110'), orderId: 't1', updatedTimeMs: 77 };

test.each<[string, Action, object]>([
  ['a create: the order under its id', create('t1'), { type: 'create', orderLinkId: 'link-t1' }],
  ['a cancel: the end of that order', cancel('t1'), { type: 'cancel', orderId: 't1' }],
  ['a stop: its price', setStop(90n), { type: 'set-stop', triggerPrice: 90n }],
  ['an amend: what was asked, later than the row', amend('t1'), { type: 'amend', orderId: 't1', qty: 2n, updated: 77 }],
  [
    'an amend of the price and the attached stop: both',
    withAmend({ price: decimal('5'), stopLoss: decimal('4') }),
    { type: 'amend', orderId: 't1', price: decimal('5'), stopLoss: decimal('4'), updated: 77 },
  ],
  ['an amend of an order that was not there: nothing does, it is read', amend('t2'), { type: 'read' }],
  ['a trailing stop: nothing does, it is read', trailing(), { type: 'read' }],
])('what frames must show of %s', (_title, action, awaits) => {
  expect(awaitsOf(action, [{ ...rung, orderId: 'other', updatedTimeMs: 1 }, rung])).toEqual(awaits);
});

function withAmend(change: { readonly price: bigint; readonly stopLoss: bigint }): Action {
  const action = amend('t1');
  if (action.type !== 'amend') throw new Error('not an amend');
  return { ...action, amend: { symbol: action.amend.symbol, orderId: 't1', ...change } };
}

/** The same stop, and a trailing one in the same request: the level alone does not show it. */
function trailing(): Action {
  const action = setStop();
  if (action.type !== 'set-stop') throw new Error('not a stop');
  return { ...action, absolute: false, stop: { ...action.stop, trailing: { distance: 1n } } };
}
