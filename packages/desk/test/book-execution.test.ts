import { decimal, formatOrderLinkId, type Execution } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import { expect, test } from 'vitest';
import { bookExecution } from '../src/book-execution.ts';

const INSTALLATION = 'abc';
const ACCEPTED_MS = 1_700_000_000_000;
const plan = aPlan({ side: 'Buy', symbol: 'BTCUSDT', positionIdx: 0, createdAtMs: ACCEPTED_MS });

function execution(changes: Partial<Execution>): Execution {
  return {
    execId: 'x1',
    orderId: 'o1',
    orderLinkId: '',
    symbol: plan.symbol,
    side: 'Sell',
    execType: 'Trade',
    stopOrderType: '',
    createType: 'CreateByUser',
    price: decimal('100'),
    qty: decimal('2'),
    value: decimal('200'),
    fee: decimal('0.1'),
    closedSize: decimal('2'),
    seq: 7,
    timeMs: ACCEPTED_MS + 60_000,
    ...changes,
  };
}

const bookedBy = (changes: Partial<Execution>, plans = [plan]): readonly (readonly [string | undefined, string])[] =>
  (bookExecution(execution(changes), plans, INSTALLATION)?.parts ?? []).map(
    ({ monitorId, by }) => [monitorId, by] as const,
  );

test('F-05 a fill belongs to the plan and leg that its orderLinkId names', () => {
  const identity = { installation: INSTALLATION, planId: plan.id, leg: 't1', restoreEpoch: 0, generation: 0 } as const;

  expect(bookedBy({ orderLinkId: formatOrderLinkId(identity) })).toEqual([[plan.id, 't1']]);
});

test('F-12 a stop fill belongs to the plan that is active on its symbol', () => {
  const stop = { stopOrderType: 'StopLoss', createType: 'CreateByStopLoss' };

  expect(bookedBy(stop)).toEqual([[plan.id, 'stop']]);
  expect(bookedBy({ ...stop, symbol: 'ETHUSDT' })).toEqual([]);
});

test('the stop fill of an earlier plan on the same symbol is not booked to the new one', () => {
  const stop = { stopOrderType: 'StopLoss', createType: 'CreateByStopLoss', timeMs: ACCEPTED_MS - 5_000 };

  expect(bookedBy(stop)).toEqual([]);
});

test('F-06 a fill under the id of a plan that is over, or of another installation, is external to the active one', () => {
  const other = { planId: 'bbbbbbbbbbbb', leg: 't1', restoreEpoch: 0, generation: 0 } as const;

  expect(bookedBy({ orderLinkId: formatOrderLinkId({ installation: INSTALLATION, ...other }) })).toEqual([
    [plan.id, 'external-out'],
  ]);
  expect(bookedBy({ orderLinkId: formatOrderLinkId({ installation: 'zzz', ...other }) })).toEqual([
    [plan.id, 'external-out'],
  ]);
});

test('in hedge mode a fill without our id belongs to the side that it moved', () => {
  const long = aPlan({ ...plan, id: 'cccccccccccc', positionIdx: 1 });
  const short = aPlan({ ...plan, id: 'dddddddddddd', positionIdx: 2 });

  expect(bookedBy({ side: 'Sell', closedSize: decimal('2') }, [long, short])).toEqual([[long.id, 'external-out']]);
  expect(bookedBy({ side: 'Sell', closedSize: 0n }, [long, short])).toEqual([[short.id, 'external-in']]);
});

test('funding is no fill', () => {
  expect(bookedBy({ execType: 'Funding', closedSize: 0n })).toEqual([]);
});

test('an execution of a kind that nobody knows is left for a later look, unless it is under an id of ours', () => {
  const identity = { installation: INSTALLATION, planId: plan.id, leg: 't1', restoreEpoch: 0, generation: 0 } as const;

  expect(bookExecution(execution({ execType: 'SomethingNew' }), [plan], INSTALLATION)).toBeUndefined();
  expect(bookedBy({ execType: 'SomethingNew', orderLinkId: formatOrderLinkId(identity) })).toEqual([[plan.id, 't1']]);
});

test('F-11 a fill of a plan of ours that is not active is not booked: the plan may still be restored', () => {
  const identity = {
    installation: INSTALLATION,
    planId: 'eeeeeeeeeeee',
    leg: 'e1',
    restoreEpoch: 0,
    generation: 0,
  } as const;

  expect(bookExecution(execution({ orderLinkId: formatOrderLinkId(identity) }), [], INSTALLATION)).toBeUndefined();
});

test('S-19 what brought a position to where it was adopted is not booked again, however lately; what came after it is', () => {
  const what = { qty: decimal('100'), averagePrice: decimal('100') };
  const byHand = { timeMs: ACCEPTED_MS - 500, closedSize: 0n };

  expect(bookedBy({ ...byHand, seq: 7 }, [{ ...plan, adopted: { ...what, seq: 7 } }])).toEqual([]);
  expect(bookedBy({ ...byHand, seq: 8 }, [{ ...plan, adopted: { ...what, seq: 7 } }])).toEqual([
    [plan.id, 'external-in'],
  ]);
  const early = { ...byHand, timeMs: ACCEPTED_MS - 10_000, seq: 8 };
  expect(bookedBy(early, [{ ...plan, adopted: { ...what, seq: 7 } }])).toEqual([[plan.id, 'external-in']]);
  expect(bookedBy({ ...byHand, seq: 7 }, [{ ...plan, adopted: what }])).toEqual([[plan.id, 'external-in']]);
});
