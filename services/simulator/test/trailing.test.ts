import { expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import type { TradingStop } from '../src/engine/stops/trading-stop.ts';
import { truthReport } from '../src/sim/truth-report.ts';
import { market, retCodeOf, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const d = decimal;

function setStop({ engine, account }: Market, fields: Partial<TradingStop>): number {
  return retCodeOf(() =>
    engine.setTradingStop(account, { symbol: SYMBOL, positionIdx: 0, tpslMode: 'Full', ...fields }),
  );
}

function openLong(): Market {
  const venue = market();
  venue.place({ side: 'Buy', qty: d('2') });
  return venue;
}

test('each step of the trail is told as an Untriggered order of the same id', () => {
  const venue = openLong();
  setStop(venue, { trailingStop: d('3') });
  const told: string[] = [];
  venue.engine.onEvent((event) => {
    if (event.type === 'order') told.push(`${event.order.status} ${show(event.order.triggerPrice)}`);
  });
  for (const last of ['101', '100.5', '104', '103', '101']) venue.price(last);
  expect(told).toEqual(['Untriggered 98', 'Untriggered 101', 'Filled 101']);
  expect(new Set([...venue.account.orders.values()].filter(({ stopOrderType }) => stopOrderType !== '')).size).toBe(1);
});

test('a short is trailed from above', () => {
  const venue = market();
  venue.place({ side: 'Sell' });
  setStop(venue, { trailingStop: d('2') });
  const order = venue.position().trailing?.order;
  expect(order).toMatchObject({ side: 'Buy', triggerDirection: 1, triggerPrice: d('102') });
  for (const last of ['99', '97', '98.9']) venue.price(last);
  expect(order).toMatchObject({ status: 'Untriggered', triggerPrice: d('99') });
  venue.price('99');
  expect(order?.status).toBe('Filled');
});

test('until it is armed it protects nothing, and from then on it does', () => {
  const venue = openLong();
  setStop(venue, { trailingStop: d('3'), activePrice: d('105') });
  expect([...venue.account.open]).toEqual([]);
  venue.pass(400);
  venue.price('105');
  venue.pass(1_000);
  expect(venue.position().trailing?.order).toMatchObject({
    status: 'Untriggered',
    triggerPrice: d('102'),
    qty: d('2'),
  });
  expect(truthReport(venue.engine.venue)['positions']).toMatchObject([{ unprotectedMs: 400, unprotectedNow: false }]);
});

test('an activation price that has been passed arms at once', () => {
  const venue = openLong();
  setStop(venue, { trailingStop: d('3'), activePrice: d('99') });
  expect(venue.position().trailing?.order?.triggerPrice).toBe(d('97'));
});

test('the same distance again is 34040, also with the activation price that was given, and the trail stays', () => {
  const venue = openLong();
  const request = { trailingStop: d('3'), activePrice: d('102') };
  setStop(venue, request);
  expect(setStop(venue, request)).toBe(34040);
  venue.price('106');
  venue.price('104');
  expect(setStop(venue, request)).toBe(34040);
  expect(setStop(venue, { trailingStop: d('3') })).toBe(34040);
  expect(venue.position().trailing?.order?.triggerPrice).toBe(d('103'));
});

test('by an option the same distance starts the trail anew', () => {
  const venue = openLong();
  venue.engine.venue.options.trailingResend = 'restart';
  setStop(venue, { trailingStop: d('3') });
  const order = venue.position().trailing?.order;
  venue.price('106');
  venue.price('104');
  expect(setStop(venue, { trailingStop: d('3') })).toBe(0);
  expect(venue.position().trailing?.order).toBe(order);
  expect(order?.triggerPrice).toBe(d('101'));
});

test('another distance moves the order in place; a new activation price takes it away until it is touched', () => {
  const venue = openLong();
  setStop(venue, { trailingStop: d('3') });
  const order = venue.position().trailing?.order;
  venue.price('104');
  expect(setStop(venue, { trailingStop: d('5') })).toBe(0);
  expect(venue.position().trailing?.order).toBe(order);
  expect(order?.triggerPrice).toBe(d('99'));
  expect(setStop(venue, { trailingStop: d('5'), activePrice: d('110') })).toBe(0);
  expect(order).toMatchObject({ status: 'Deactivated', cancelType: 'CancelByUser' });
  expect(venue.account.open.size).toBe(0);
  venue.price('110');
  expect([...venue.account.open]).toMatchObject([{ status: 'Untriggered', triggerPrice: d('105') }]);
});

test('"0" takes it away; when there is none, that is 34040', () => {
  const venue = openLong();
  expect(setStop(venue, { trailingStop: 0n })).toBe(34040);
  setStop(venue, { trailingStop: d('3') });
  expect(setStop(venue, { trailingStop: 0n })).toBe(0);
  expect(venue.position().trailing).toBeUndefined();
  expect(setStop(venue, { activePrice: d('110') })).toBe(34040);
});

test('what its protection price does not reach stays open, without a trail', () => {
  const venue = openLong();
  setStop(venue, { trailingStop: d('3') });
  const order = venue.position().trailing?.order;
  venue.price('90', { mark: '100' });
  expect(order).toMatchObject({ status: 'Cancelled', rejectReason: 'EC_NoImmediateQtyToFill', price: d('95') });
  expect(venue.position()).toMatchObject({ size: d('2'), trailing: undefined });
});

test('it follows the size of the position', () => {
  const venue = openLong();
  setStop(venue, { trailingStop: d('3') });
  venue.place({ side: 'Buy', qty: d('3') });
  expect(show(venue.position().trailing?.order?.qty ?? 0n)).toBe('5');
  venue.place({ side: 'Sell', qty: d('4') });
  expect(show(venue.position().trailing?.order?.qty ?? 0n)).toBe('1');
});
