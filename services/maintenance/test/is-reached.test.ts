import {
  decimal,
  isOutrun,
  type OrderRow,
  type PositionRow,
  type Prices,
  type Side,
  type TriggerBy,
} from '@backstop/core';
import { anEntryRow, aPlan, aPosition, aSnapshot, aStopRow, aTakeProfitRow, START_MS } from '@backstop/core/testing';
import { expect, test } from 'vitest';
import { isReached } from '../src/is-reached.ts';

const LEVELS = ['89', '90', '100', '110', '111'] as const;
const NEWER = START_MS + 1;

interface Place {
  readonly position: PositionRow | undefined;
  readonly orders: readonly OrderRow[];
}

/** A long from 100 or its mirror image, with each thing that can work there alone. */
function places(side: Side, triggerBy: TriggerBy): readonly Place[] {
  const closes = side === 'Buy' ? 'Sell' : 'Buy';
  const [stop, target] = side === 'Buy' ? (['90', '110'] as const) : (['110', '90'] as const);
  const position = aPosition({ side, stopLoss: undefined });
  const trigger = { side: closes, triggerPrice: decimal(stop), triggerBy } as const;
  return [
    { position: { ...position, stopLoss: decimal(stop) }, orders: [] },
    { position, orders: [aStopRow(trigger)] },
    { position, orders: [aStopRow({ ...trigger, stopOrderType: 'TrailingStop' })] },
    { position, orders: [aTakeProfitRow('t1', '85', target, { side: closes })] },
    { position: undefined, orders: [anEntryRow('e1', '100', stop, { side })] },
  ];
}

function markets(): readonly Prices[] {
  return LEVELS.flatMap((last) =>
    LEVELS.map((mark) => ({ last: decimal(last), mark: decimal(mark), index: decimal('100'), atMs: NEWER })),
  );
}

const CASES = (['Buy', 'Sell'] as const).flatMap((side) =>
  (['LastPrice', 'MarkPrice'] as const).map((triggerBy) => ({ side, triggerBy })),
);

test.each(CASES)('whatever the price has overtaken is reached: $side, $triggerBy', ({ side, triggerBy }) => {
  const plan = aPlan({ side, stopLoss: { triggerPrice: decimal(side === 'Buy' ? '90' : '110'), triggerBy } });
  for (const place of places(side, triggerBy)) {
    const outrun = markets().filter((prices) => isOutrun(aSnapshot({ ...place, prices }), plan));
    expect(outrun).not.toEqual([]);
    expect(outrun.filter((prices) => !isReached(place, prices))).toEqual([]);
  }
});

test.each(['Buy', 'Sell'] as const)('between its levels nothing of a %s position is reached', (side) => {
  const price = { last: decimal('100'), mark: decimal('100'), index: decimal('100'), atMs: NEWER };
  for (const place of places(side, 'LastPrice')) expect(isReached(place, price)).toBe(false);
});

test('a place where nothing works is never reached', () => {
  for (const price of markets()) expect(isReached({ position: undefined, orders: [] }, price)).toBe(false);
});
