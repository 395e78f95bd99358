import { expect, test } from 'vitest';
import { decimal, show } from '../src/engine/decimal.ts';
import type { VenueEvent } from '../src/engine/venue.ts';
import { market, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const d = decimal;

/** What listeners hear of one command, one line an event. */
function toldBy({ engine }: Market, command: () => unknown): readonly string[] {
  const lines: string[] = [];
  const stop = engine.onEvent((event) => void lines.push(lineOf(event)));
  command();
  stop();
  return lines;
}

function lineOf(event: VenueEvent): string {
  switch (event.type) {
    case 'order':
      return `order ${event.order.stopOrderType || event.order.side} ${event.order.status} ${show(event.order.qty)}`;
    case 'execution':
      return `execution ${show(event.execution.execQty)}`;
    case 'position':
      return `position ${event.position.side} ${show(event.position.size)}`;
    case 'wallet':
    case 'price':
    case 'end':
      return event.type;
    default:
      return event satisfies never;
  }
}

test('a taker that fills over several levels shows its executions and Filled, never New', () => {
  const venue = market();
  venue.engine.venue.options.depthNotional = d('1000');
  expect(toldBy(venue, () => venue.place({ side: 'Buy', qty: d('25') }))).toEqual([
    'execution 10',
    'execution 9.9',
    'execution 5.1',
    'order Buy Filled 25',
    'wallet',
    'position Buy 25',
    'end',
  ]);
});

test('an order that takes some and rests shows PartiallyFilled at once', () => {
  const venue = market();
  venue.engine.venue.options.depthNotional = d('1000');
  expect(toldBy(venue, () => venue.place({ side: 'Buy', qty: d('25'), price: d('100') }))).toEqual([
    'execution 10',
    'order Buy PartiallyFilled 25',
    'wallet',
    'position Buy 10',
    'end',
  ]);
});

test('an immediate order that gets a part of what it wants shows Cancelled, with that part, and nothing before', () => {
  const venue = market();
  venue.engine.venue.options.depthNotional = d('1000');
  const ioc = { side: 'Buy', qty: d('25'), price: d('100'), timeInForce: 'IOC' } as const;
  expect(toldBy(venue, () => venue.place(ioc))).toEqual([
    'execution 10',
    'order Buy Cancelled 25',
    'wallet',
    'position Buy 10',
    'end',
  ]);
});

test('a closing order comes after the stops that it deactivates and before the orders that it makes void', () => {
  const venue = market();
  venue.place({ side: 'Buy', qty: d('2'), stopLoss: d('90'), takeProfit: d('120') });
  venue.engine.setTradingStop(venue.account, {
    symbol: SYMBOL,
    positionIdx: 0,
    tpslMode: 'Full',
    trailingStop: d('5'),
  });
  venue.place({ side: 'Sell', qty: d('1'), price: d('110'), reduceOnly: true });
  const close = { side: 'Sell', qty: 0n, reduceOnly: true, closeOnTrigger: true } as const;
  expect(toldBy(venue, () => venue.place(close))).toEqual([
    'execution 2',
    'order StopLoss Deactivated 2',
    'order TakeProfit Deactivated 2',
    'order TrailingStop Deactivated 2',
    'order Sell Filled 2',
    'order Sell Cancelled 1',
    'wallet',
    'position  0',
    'end',
  ]);
});

test('the executions, orders and position of a match share its sequence, and the next match has the next one', () => {
  const venue = market();
  venue.engine.venue.options.depthNotional = d('1000');
  const seqs: string[] = [];
  venue.engine.onEvent((event) => {
    if (event.type === 'execution') seqs.push(`execution ${event.execution.seq}`);
    if (event.type === 'order') seqs.push(`order ${event.seq}`);
    if (event.type === 'position') seqs.push(`position ${event.position.seq}`);
  });
  const first = (venue.engine.venue.instruments.get(SYMBOL)?.seq ?? 0) + 1;
  venue.place({ side: 'Buy', qty: d('15'), stopLoss: d('90') });
  venue.place({ side: 'Sell', qty: d('5') });
  const kinds = (seq: number): readonly string[] => seqs.filter((line) => line.endsWith(`${seq}`));
  expect(kinds(first)).toEqual([
    `execution ${first}`,
    `execution ${first}`,
    `order ${first}`,
    `order ${first}`,
    `position ${first}`,
  ]);
  expect(kinds(first + 1)).toEqual([
    `execution ${first + 1}`,
    `order ${first + 1}`,
    `order ${first + 1}`,
    `position ${first + 1}`,
  ]);
});

test('a resting order tells of itself, the wallet and the position', () => {
  const venue = market();
  const updatedAtMs = venue.position().updatedAtMs;
  venue.pass(100);
  const told = toldBy(venue, () => venue.place({ side: 'Buy', price: d('90') }));
  expect(told).toEqual(['order Buy New 1', 'wallet', 'position  0', 'end']);
  expect(venue.position().updatedAtMs).toBe(updatedAtMs);
});

test('a price that moves on tells of itself alone', () => {
  const venue = market();
  venue.place({ side: 'Buy', stopLoss: d('90') });
  expect(toldBy(venue, () => venue.price('101'))).toEqual(['price', 'end']);
});
