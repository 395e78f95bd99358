import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, show, times } from '../../src/engine/decimal.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createMarket } from '../../src/market/market.ts';
import { market, retCodeOf, SYMBOL } from '../market.ts';
import type { Market } from '../market.ts';
import { barsOf, rowsIn, topicOf } from './public-calls.ts';

type Bar = { start: number; open: bigint; high: bigint; low: bigint; close: bigint; volume: bigint; turnover: bigint };
interface Print {
  readonly T: number;
  readonly p: string;
  readonly v: string;
}

const MINUTES: Readonly<Record<string, number>> = { '1': 1, '5': 5, '60': 60, D: 1_440 };

/** A market whose public trades are taken down as a subscriber sees them. */
function watched(): Market & { prints: Print[] } {
  const made = market();
  createMarket(made.engine, 7);
  const topic = topicOf(made.engine, `publicTrade.${SYMBOL}`);
  const prints: Print[] = [];
  made.engine.onEvent((event) => {
    if (event.type !== 'end') return;
    for (const frame of topic.tick(event.atMs))
      prints.push(...rowsIn(frame).map(({ T, p, v }) => ({ T: Number(T), p: String(p), v: String(v) })));
  });
  return { ...made, prints };
}

/** Klines made from trades alone, in a way of its own: every interval from the first trade's to now. */
function rebuilt(
  prints: readonly Print[],
  { interval, startMs, nowMs }: { interval: string; startMs: number; nowMs: number },
): Bar[] {
  const lengthMs = (MINUTES[interval] ?? 0) * 60_000;
  const bars: Bar[] = [];
  let close = decimal('100');
  for (let start = startMs - (startMs % lengthMs); start <= nowMs; start += lengthMs) {
    const inside = prints.filter(({ T }) => T >= start && T < start + lengthMs);
    const prices = [close, ...inside.map(({ p }) => decimal(p))].toSorted((a, b) => (a < b ? -1 : 1));
    const open = close;
    close = decimal(inside.at(-1)?.p ?? show(close));
    bars.push({
      start,
      open,
      high: prices.at(-1) ?? 0n,
      low: prices[0] ?? 0n,
      close,
      volume: inside.reduce((sum, { v }) => sum + decimal(v), 0n),
      turnover: inside.reduce((sum, { v, p }) => sum + times(decimal(v), decimal(p)), 0n),
    });
  }
  return bars;
}

function listed(engine: Engine, interval: string, query: Record<string, string> = {}): string[][] {
  return barsOf(engine, 'kline', { symbol: SYMBOL, interval, limit: '1000', ...query });
}

describe('klines', () => {
  test('rebuilt from the public trades they are what the listing shows', () => {
    const step = fc.record({
      ticks: fc.integer({ min: -8, max: 8 }),
      passMs: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.constant(7_200_000)),
      qty: fc.integer({ min: 0, max: 3 }),
      side: fc.constantFrom('Buy' as const, 'Sell' as const),
      resting: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const { engine, prints, price, place, pass } = watched();
        const startMs = engine.venue.nowMs();
        let last = 1_000;
        for (const { ticks, passMs, qty, side, resting } of steps) {
          const limit = { price: decimal(((last + (side === 'Buy' ? -3 : 3)) / 10).toFixed(1)) };
          if (qty > 0) retCodeOf(() => place({ side, qty: decimal(String(qty)), ...(resting ? limit : {}) }));
          last = Math.max(500, last + ticks);
          price((last / 10).toFixed(1));
          pass(passMs);
        }
        for (const interval of Object.keys(MINUTES)) {
          const bars = rebuilt(prints, { interval, startMs, nowMs: engine.venue.nowMs() }).slice(-1_000);
          const rows = bars.map(({ start, open, high, low, close, volume, turnover }) => [
            String(start),
            ...[open, high, low, close, volume, turnover].map(show),
          ]);
          expect(listed(engine, interval)).toEqual(rows.toReversed());
        }
      }),
      { seed: 20_260_701, numRuns: 40 },
    );
  });

  test('the last close is the last price, even after a sale below it', () => {
    const { engine, place, prints } = watched();
    place({ side: 'Buy' });
    place({ side: 'Sell' });
    expect(prints.map(({ p }) => p)).toEqual(['100.0', '99.9', '100.0']);
    expect(listed(engine, '1')[0]?.slice(1, 5)).toEqual(['100', '100', '99.9', '100']);
  });

  test('a long silence leaves flat bars without volume, and a bounded number of them', () => {
    const { engine, price, pass } = watched();
    price('101');
    pass(400 * 86_400_000);
    const rows = listed(engine, '1');
    expect(rows).toHaveLength(1_000);
    expect(new Set(rows.map((row) => row.slice(1).join()))).toEqual(new Set(['101,101,101,101,0,0']));
    const starts = rows.map(([start]) => Number(start));
    expect(starts[0]).toBe(Math.floor(engine.venue.nowMs() / 60_000) * 60_000);
    expect((starts[0] ?? 0) - (starts.at(-1) ?? 0)).toBe(999 * 60_000);
  });

  test('weeks begin on Mondays and months on their first day', () => {
    const { engine, price, pass } = watched();
    pass(40 * 86_400_000);
    price('101');
    const days = (interval: string): string[] =>
      listed(engine, interval).map(([start]) => new Date(Number(start)).toISOString().slice(0, 10));
    expect(days('W')[0]).toBe('2023-12-18');
    expect(days('M')).toEqual(['2023-12-01', '2023-11-01']);
  });

  test('a window takes the oldest bars after a start alone, otherwise the newest up to the end', () => {
    const { engine, price, pass } = watched();
    for (let minute = 1; minute <= 10; minute += 1) {
      pass(60_000);
      price(String(100 + minute));
    }
    const minutes = listed(engine, '1')
      .map(([start]) => start ?? '')
      .toReversed();
    const starts = (query: Record<string, string>): string[] =>
      listed(engine, '1', query).map(([start]) => start ?? '');
    expect(minutes).toHaveLength(11);
    expect(starts({ start: minutes[2] ?? '', limit: '3' })).toEqual(minutes.slice(2, 5).toReversed());
    expect(starts({ end: minutes[6] ?? '', limit: '3' })).toEqual(minutes.slice(4, 7).toReversed());
    expect(starts({ start: minutes[1] ?? '', end: minutes[3] ?? '' })).toEqual(minutes.slice(1, 4).toReversed());
  });

  test('mark, index and premium have klines of their own, without volume', () => {
    const { engine, price } = watched();
    price('101', { mark: '102', index: '100.5' });
    const row = (path: string): unknown => barsOf(engine, path, { symbol: SYMBOL, interval: '5' })[0];
    const start = expect.stringMatching(/^\d{13}$/);
    expect(row('mark-price-kline')).toEqual([start, '100', '102', '100', '102']);
    expect(row('index-price-kline')).toEqual([start, '100', '100.5', '100', '100.5']);
    expect(row('premium-index-price-kline')).toEqual([start, '0.000000', '0.004975', '0.000000', '0.004975']);
  });

  test('the stream repeats the running bar and confirms it when it is over', () => {
    const { engine, price, pass } = watched();
    const topic = topicOf(engine, `kline.1.${SYMBOL}`);
    const bars = (): unknown[] => {
      return topic.tick(engine.venue.nowMs()).map((frame) => {
        const [bar] = rowsIn(frame);
        return [bar?.['close'], bar?.['confirm'], bar?.['end']];
      });
    };
    const endMs = Math.floor(engine.venue.nowMs() / 60_000) * 60_000 + 59_999;
    expect(bars()).toEqual([]);
    price('101');
    expect(bars()).toEqual([['101', false, endMs]]);
    expect(bars()).toEqual([]);
    pass(60_000);
    expect(bars()).toEqual([
      ['101', true, endMs],
      ['101', false, endMs + 60_000],
    ]);
  });
});
