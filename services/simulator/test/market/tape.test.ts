import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/engine/decimal.ts';
import { addToBars, startBars } from '../../src/market/bars.ts';
import { createMarket, marketOf } from '../../src/market/market.ts';
import { market, SYMBOL } from '../market.ts';
import type { Market } from '../market.ts';
import { barsOf, bookOf, received, rowsIn, rowsOf, topicOf } from './public-calls.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function followed(): Market {
  const made = market();
  createMarket(made.engine, 7);
  return made;
}

const ticker = ({ engine }: Market): Record<string, unknown> => rowsOf(engine, 'tickers', { symbol: SYMBOL })[0] ?? {};

describe('the figures of a day', () => {
  test('forget what is more than 24 hours ago, to the minute', () => {
    const made = followed();
    made.pass(MINUTE_MS);
    made.price('120');
    made.price('90');
    made.pass(MINUTE_MS);
    made.price('100');
    made.pass(DAY_MS - 2 * MINUTE_MS);
    expect(ticker(made)).toMatchObject({ highPrice24h: '120.0', lowPrice24h: '90.0' });
    made.pass(2 * MINUTE_MS);
    expect(ticker(made)).toMatchObject({ highPrice24h: '100.0', lowPrice24h: '100.0', price24hPcnt: '0' });
    made.price('110');
    expect(ticker(made)).toMatchObject({ prevPrice24h: '100.0', price24hPcnt: '0.1' });
    made.pass(30 * MINUTE_MS);
    expect(ticker(made)).toMatchObject({ prevPrice1h: '100.0' });
    made.pass(31 * MINUTE_MS);
    expect(ticker(made)).toMatchObject({ prevPrice1h: '110.0', highPrice24h: '110.0' });
  });

  test('sum up the volume and turnover of the trades', () => {
    const made = followed();
    made.place({ side: 'Buy', qty: decimal('3') });
    made.pass(5 * MINUTE_MS);
    made.place({ side: 'Buy', qty: decimal('1.5') });
    expect(ticker(made)).toMatchObject({ volume24h: '4.5000', turnover24h: '450.0000' });
    made.pass(DAY_MS - MINUTE_MS);
    expect(ticker(made)).toMatchObject({ volume24h: '1.5000', turnover24h: '150.0000' });
  });
});

describe('the tape', () => {
  test('keeps a bounded number of bars and trades', () => {
    const bars = startBars(1n, 0);
    for (let minute = 0; minute < 10_000; minute += 1) addToBars(bars, 1n, { atMs: minute * MINUTE_MS, size: 0n });
    expect(Math.max(...[...bars.folded.values()].map((list) => list.length))).toBeLessThanOrEqual(3_000);

    const { engine, price } = followed();
    for (let count = 0; count < 5_000; count += 1) price(count % 2 === 0 ? '101' : '100');
    expect(marketOf(engine).tape(SYMBOL).trades.length).toBeLessThanOrEqual(2_000);
    expect(rowsOf(engine, 'recent-trade', { symbol: SYMBOL, limit: '1000' })).toHaveLength(1_000);
  });

  test('has each price that a source gives a size with that size, and only that one', () => {
    const { engine, place } = followed();
    const trades = (): unknown[] => rowsOf(engine, 'recent-trade', { symbol: SYMBOL }).map(({ size }) => size);
    const here = { last: decimal('100'), mark: decimal('100'), index: decimal('100') };
    engine.movePrice(SYMBOL, { ...here, size: decimal('7') });
    place({ side: 'Buy', qty: decimal('2') });
    engine.movePrice(SYMBOL, here);
    expect(trades()).toEqual(['2.0', '7.0']);
  });

  test('shows a liquidation as one, and no trade at the price of the takeover', () => {
    const { engine, account, place } = followed();
    const topic = topicOf(engine, `allLiquidation.${SYMBOL}`);
    place({ side: 'Buy', qty: decimal('2') });
    engine.liquidate(account, { symbol: SYMBOL, positionIdx: 0, price: decimal('90') });
    const [frame, ...more] = topic.tick(5);
    expect(received(frame)).toMatchObject({ topic: `allLiquidation.${SYMBOL}`, type: 'snapshot', ts: 5 });
    expect(rowsIn(frame)).toEqual([{ T: engine.venue.nowMs(), s: SYMBOL, S: 'Buy', v: '2.0', p: '90.0' }]);
    expect([more, topic.tick(6)]).toEqual([[], []]);
    expect(rowsOf(engine, 'recent-trade', { symbol: SYMBOL }).map(({ price }) => price)).toEqual(['100.0']);
    expect(barsOf(engine, 'kline', { symbol: SYMBOL, interval: '1' })[0]?.slice(1, 6)).toEqual([
      '100',
      '100',
      '100',
      '100',
      '2',
    ]);
  });

  test('has funding in its history and not among its trades', () => {
    const { engine, place, pass } = followed();
    place({ side: 'Buy' });
    const rates = (): unknown[] =>
      rowsOf(engine, 'funding/history', { symbol: SYMBOL }).map(({ fundingRate }) => fundingRate);
    const untilMs = 28_800_000 - (engine.venue.nowMs() % 28_800_000);
    pass(untilMs + 100);
    engine.setFundingRate(SYMBOL, decimal('-0.0005'));
    pass(3_600_000);
    engine.settleFunding(SYMBOL);
    expect(rates()).toEqual(['-0.0005', '0.0001']);
    pass(28_800_000 - 3_600_100);
    expect(rates()).toEqual(['-0.0005', '-0.0005', '0.0001']);
    expect(rowsOf(engine, 'recent-trade', { symbol: SYMBOL })).toHaveLength(1);
  });
});

describe('the book', () => {
  test('adds resting orders to what the market offers', () => {
    const { engine, place } = followed();
    place({ side: 'Buy', qty: decimal('2'), price: decimal('99.8') });
    place({ side: 'Buy', qty: decimal('3'), price: decimal('99.8') });
    place({ side: 'Sell', qty: decimal('4'), price: decimal('100.1') });
    const { b, a } = bookOf(engine, { symbol: SYMBOL, limit: '3' });
    expect(b).toEqual([
      ['99.9', '1000'],
      ['99.8', '1005'],
      ['99.7', '1000'],
    ]);
    expect(a).toEqual([
      ['100', '1000'],
      ['100.1', '1004'],
      ['100.2', '1000'],
    ]);
  });

  test('is never crossed, whatever rests inside a wide spread', () => {
    const { engine, place } = followed();
    engine.venue.options.spreadTicks = 10;
    place({ side: 'Sell', price: decimal('99.4') });
    place({ side: 'Buy', price: decimal('99.7') });
    const { b, a } = bookOf(engine, { symbol: SYMBOL, limit: '5' });
    expect(a[0]).toEqual(['99.4', '1']);
    expect(b[0]).toEqual(['99', '1000']);
    expect(rowsOf(engine, 'tickers', { symbol: SYMBOL })[0]).toMatchObject({ bid1Price: '99.0', ask1Price: '99.4' });
    engine.venue.options.spreadTicks = 0;
    expect(bookOf(engine, { symbol: SYMBOL, limit: '1' }).b[0]?.[0]).toBe('99.3');
  });
});
