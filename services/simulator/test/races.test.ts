import { expect, test } from 'vitest';
import { decimal } from '../src/engine/decimal.ts';
import type { VenueEvent } from '../src/engine/venue.ts';
import { market, retCodeOf, SYMBOL } from './market.ts';

const d = decimal;

function ordersToldBy(venue: ReturnType<typeof market>, command: () => unknown): readonly object[] {
  const told: VenueEvent[] = [];
  const stop = venue.engine.onEvent((event) => void told.push(event));
  command();
  stop();
  return told.flatMap((event) => (event.type === 'order' ? [event.order] : []));
}

test('a cancel that comes too late is accepted, and Filled is told twice', () => {
  const venue = market();
  const { engine, account } = venue;
  const order = venue.place({ side: 'Buy', price: d('95'), qty: d('2'), stopLoss: d('90') });
  const ref = { symbol: SYMBOL, orderId: order.orderId };
  const told = ordersToldBy(venue, () => engine.losingRaces(() => engine.cancelOrder(account, ref)));
  expect(told).toMatchObject([
    { orderId: order.orderId, status: 'Filled', cancelType: 'UNKNOWN', rejectReason: 'EC_NoError' },
    { stopOrderType: 'StopLoss', status: 'Untriggered' },
    {
      orderId: order.orderId,
      status: 'Filled',
      cancelType: 'CancelByUser',
      rejectReason: 'EC_OrigClOrdIDDoesNotExist',
    },
  ]);
  expect(account.executions).toMatchObject([{ execPrice: d('95'), execQty: d('2'), isMaker: true }]);
  expect(venue.position()).toMatchObject({ side: 'Buy', size: d('2') });
  expect(retCodeOf(() => engine.cancelOrder(account, ref))).toBe(110001);
});

test('an amend that comes too late is refused, and the order has filled', () => {
  const { engine, account, place, position } = market();
  const { orderId } = place({ side: 'Sell', price: d('105') });
  const ref = { symbol: SYMBOL, orderId };
  const amend = (): unknown => engine.amendOrder(account, ref, { price: d('104') });
  expect(engine.losingRaces(() => retCodeOf(amend))).toBe(110001);
  expect(position()).toMatchObject({ side: 'Sell', size: d('1') });
});

test('a cancel-all loses all its races, and what waits for a trigger is cancelled', () => {
  const { engine, account, place } = market();
  place({ side: 'Buy', qty: d('5') });
  const profits = ['110', '111'].map((price) =>
    place({ side: 'Sell', price: d(price), qty: d('2'), reduceOnly: true }),
  );
  const conditional = place({ side: 'Sell', triggerPrice: d('80'), triggerDirection: 2 });
  const all = { symbol: SYMBOL, orderFilter: '', onlyConditional: false } as const;
  expect(engine.losingRaces(() => engine.cancelAllOrders(account, all))).toHaveLength(3);
  expect(profits.map(({ status }) => status)).toEqual(['Filled', 'Filled']);
  expect(conditional.status).toBe('Deactivated');
});

test('outside of the command that loses its races, cancels win again', () => {
  const { engine, account, place } = market();
  expect(() =>
    engine.losingRaces(() => {
      throw new Error('refused');
    }),
  ).toThrow('refused');
  const order = place({ side: 'Buy', price: d('95') });
  engine.cancelOrder(account, { symbol: SYMBOL, orderId: order.orderId });
  expect(order).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByUser' });
});

test('by an option, what has ended is refused by how it ended', () => {
  const { engine, account, place } = market();
  engine.venue.options.endedOrderCode = 'by-status';
  const filled = place({ side: 'Buy' });
  const cancelled = place({ side: 'Buy', price: d('95') });
  const codeOf = (orderId: string): number => retCodeOf(() => engine.cancelOrder(account, { symbol: SYMBOL, orderId }));
  expect(['none', filled.orderId, cancelled.orderId, cancelled.orderId].map(codeOf)).toEqual([
    110001, 110008, 0, 110010,
  ]);
});
