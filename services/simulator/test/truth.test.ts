import { describe, expect, test } from 'vitest';
import { decimal } from '../src/engine/decimal.ts';
import { truthReport } from '../src/sim/truth-report.ts';
import { accountSpec, market, SYMBOL } from './market.ts';
import type { Market } from './market.ts';

const d = decimal;

function setStop({ engine, account }: Market, stopLoss: string, slTriggerBy?: 'MarkPrice'): void {
  engine.setTradingStop(account, {
    symbol: SYMBOL,
    positionIdx: 0,
    tpslMode: 'Full',
    stopLoss: d(stopLoss),
    slTriggerBy,
  });
}

function positions({ engine }: Market): unknown {
  return truthReport(engine.venue)['positions'];
}

describe('time without protection', () => {
  test('it runs from the opening to the stop, and again once the stop is gone', () => {
    const venue = market();
    venue.place({ side: 'Buy' });
    venue.pass(300);
    setStop(venue, '95');
    venue.pass(1_000);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 300, unprotectedNow: false }]);
    setStop(venue, '0');
    venue.pass(50);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 350, unprotectedNow: true, stopLoss: '' }]);
  });

  test('nothing is added after the close, and the next position on the symbol starts at nothing', () => {
    const venue = market();
    venue.place({ side: 'Buy' });
    venue.pass(100);
    venue.place({ side: 'Sell', reduceOnly: true });
    venue.pass(1_000);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 100, unprotectedNow: false, closeReason: 'Market' }]);
    venue.place({ side: 'Sell', stopLoss: d('110') });
    venue.pass(1_000);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 100 }, { unprotectedMs: 0, side: 'Sell' }]);
    expect(truthReport(venue.engine.venue)['totals']).toMatchObject({ positions: 2, openNow: 1, protectedNow: 1 });
  });

  test('it ends when its account is replaced', () => {
    const venue = market();
    venue.place({ side: 'Buy' });
    venue.pass(100);
    venue.engine.addAccount(accountSpec);
    venue.pass(1_000);
    expect(positions(venue)).toMatchObject([{ size: '0', unprotectedMs: 100, closeReason: 'Replaced' }]);
    expect(truthReport(venue.engine.venue)['totals']).toMatchObject({ openNow: 0, unprotectedMs: 100 });
  });

  test('an attached stop leaves no gap', () => {
    const venue = market();
    venue.place({ side: 'Buy', price: d('95'), stopLoss: d('90') });
    venue.pass(500);
    venue.price('95');
    venue.pass(500);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 0, entryFills: 1, size: '1' }]);
  });

  test('a conditional order counts only when it reduces, in the right direction, for the whole size', () => {
    const venue = market();
    venue.place({ side: 'Buy', qty: d('2') });
    const stop = { side: 'Sell', triggerPrice: d('90'), triggerDirection: 2 } as const;
    venue.place({ ...stop, qty: d('2') });
    venue.place({ ...stop, qty: d('1'), reduceOnly: true });
    venue.place({ side: 'Sell', qty: d('2'), triggerPrice: d('110'), triggerDirection: 1, reduceOnly: true });
    venue.pass(100);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 100 }]);
    venue.place({ ...stop, qty: d('1'), reduceOnly: true });
    venue.pass(100);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 100 }]);
  });

  test('a Triggered stop protects for one second, and all that time the price is through it', () => {
    const venue = market();
    venue.engine.venue.options.triggerDelayMs = 3_000;
    venue.place({ side: 'Buy', stopLoss: d('95') });
    venue.price('94');
    venue.pass(2_500);
    expect(positions(venue)).toMatchObject([{ unprotectedMs: 1_500, throughMs: 1_000, unprotectedNow: true }]);
    venue.pass(500);
    expect(positions(venue)).toMatchObject([{ closeReason: 'StopLoss', unprotectedMs: 2_000, size: '0' }]);
  });

  test('a price that comes back while a stop is Triggered is no longer through it', () => {
    const venue = market();
    venue.engine.venue.options.triggerDelayMs = 900;
    venue.place({ side: 'Buy', stopLoss: d('95') });
    venue.price('94');
    venue.pass(300);
    venue.price('96');
    venue.pass(400);
    expect(positions(venue)).toMatchObject([{ throughMs: 300, unprotectedMs: 0 }]);
  });

  test('a stop that is looser than declared by more than a tick is misplaced', () => {
    const venue = market();
    venue.place({ side: 'Buy', stopLoss: d('95') });
    venue.engine.declareStop(venue.account, { symbol: SYMBOL, positionIdx: 0, stop: d('95.1') });
    venue.pass(100);
    expect(positions(venue)).toMatchObject([{ misplacedMs: 0 }]);
    venue.engine.declareStop(venue.account, { symbol: SYMBOL, positionIdx: 0, stop: d('98') });
    venue.pass(100);
    setStop(venue, '99');
    venue.pass(100);
    expect(positions(venue)).toMatchObject([{ misplacedMs: 100, unprotectedMs: 0 }]);
  });
});

describe('doubtful requests', () => {
  test('a create that repeats a working order is a duplicate; one at another price is not', () => {
    const venue = market();
    venue.place({ side: 'Buy', price: d('95'), orderLinkId: 'a' });
    venue.place({ side: 'Buy', price: d('94'), orderLinkId: 'b' });
    expect(venue.engine.venue.truth.duplicates).toEqual([]);
    venue.place({ side: 'Buy', price: d('95'), orderLinkId: 'c' });
    expect(venue.engine.venue.truth.duplicates).toMatchObject([
      { kind: 'working', orderLinkId: 'c', ofOrderLinkId: 'a' },
    ]);
  });

  test('an equal market entry within a minute is a duplicate, a later one is not', () => {
    const venue = market();
    venue.place({ side: 'Buy' });
    venue.pass(61_000);
    venue.place({ side: 'Buy' });
    expect(venue.engine.venue.truth.duplicates).toHaveLength(0);
    venue.pass(59_000);
    venue.place({ side: 'Buy' });
    expect(venue.engine.venue.truth.duplicates).toMatchObject([{ kind: 'market' }]);
  });

  test('the stop of an open position, somebody else s order and an entry without an exit are wrong cancels', () => {
    const venue = market();
    const { engine, account, place } = venue;
    const kinds = (): string[] => engine.venue.truth.wrongCancels.map(({ kind }) => kind);
    const cancel = (orderId: string): unknown => engine.cancelOrder(account, { symbol: SYMBOL, orderId });
    cancel(place({ side: 'Buy', price: d('90') }).orderId);
    expect(kinds()).toEqual([]);
    place({ side: 'Buy', qty: d('2'), stopLoss: d('80') });
    cancel(place({ side: 'Buy', price: d('90') }).orderId);
    cancel(place({ side: 'Buy', price: d('85') }, 'manual').orderId);
    setStop(venue, '0');
    expect(kinds()).toEqual(['entry-without-exit', 'foreign-order', 'stop-of-open-position']);
    const entry = place({ side: 'Buy', price: d('89') });
    place({ side: 'Sell', qty: d('1'), reduceOnly: true });
    cancel(entry.orderId);
    expect(kinds()).toHaveLength(3);
  });
});
