import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/engine/decimal.ts';
import { createMarket } from '../../src/market/market.ts';
import { makeMarketTopic } from '../../src/market/topics/make-market-topic.ts';
import { market, retCodeOf, SYMBOL } from '../market.ts';
import type { Market } from '../market.ts';
import { ask, bookIn, bookOf, received, rowsIn, rowsOf, topicOf } from './public-calls.ts';
import type { Levels } from './public-calls.ts';

type Book = Map<string, string>;

const action = fc.record({
  ticks: fc.integer({ min: -30, max: 30 }),
  away: fc.integer({ min: -3, max: 60 }),
  qty: fc.integer({ min: 1, max: 9 }),
  side: fc.constantFrom('Buy' as const, 'Sell' as const),
  kind: fc.constantFrom('move' as const, 'place' as const, 'cancel' as const, 'deeper' as const),
  passMs: fc.integer({ min: 0, max: 100_000 }),
});

interface Action {
  readonly ticks: number;
  readonly away: number;
  readonly qty: number;
  readonly side: 'Buy' | 'Sell';
  readonly kind: 'move' | 'place' | 'cancel' | 'deeper';
  readonly passMs: number;
}

function followed(depthNotional = '20000'): Market {
  const made = market();
  createMarket(made.engine, 7);
  made.engine.venue.options.depthNotional = decimal(depthNotional);
  return made;
}

function act({ engine, account, price, place, pass }: Market, todo: Action, last: number): number {
  const { ticks, away, qty, side, kind, passMs } = todo;
  const to = kind === 'move' ? Math.max(100, last + ticks) : last;
  if (kind === 'move') price((to / 10).toFixed(1));
  if (kind === 'place') {
    const at = decimal(((last + (side === 'Buy' ? -away : away)) / 10).toFixed(1));
    retCodeOf(() => place({ side, qty: decimal(String(qty)), price: at }));
  }
  if (kind === 'cancel') engine.cancelAllOrders(account, { symbol: SYMBOL, orderFilter: '', onlyConditional: false });
  if (kind === 'deeper') engine.venue.options.depthNotional = decimal(String(qty * 10_000));
  pass(passMs);
  return to;
}

function apply(side: Book, levels: Levels): void {
  for (const [price, size] of levels) {
    if (size === '0') side.delete(price);
    else side.set(price, size);
  }
}

const numbers = (levels: Levels): number[][] => levels.map((level) => level.map(Number));
const sorted = (side: Book, sign: 1 | -1): Levels => [...side].toSorted(([a], [b]) => sign * (Number(a) - Number(b)));

/** What the stream of 1,000 levels sends while the price moves, with or without a listing before each tick. */
function framesOf(isRead: boolean): readonly unknown[] {
  const { engine, price } = followed();
  const topic = topicOf(engine, `orderbook.1000.${SYMBOL}`);
  const frames = topic.snapshot(0).map(received);
  for (const last of ['101', '102', '102', '103']) {
    price(last);
    if (isRead) ask(engine, 'orderbook', { symbol: SYMBOL });
    frames.push(...topic.tick(engine.venue.nowMs()).map(received));
  }
  return frames;
}

describe('orderbook', () => {
  test.each([50, 200])(
    'deltas of depth %i applied to the first snapshot give each later one, u rising by one',
    (depth) => {
      fc.assert(
        fc.property(fc.array(action, { minLength: 1, maxLength: 40 }), (todo) => {
          const made = followed();
          const { engine } = made;
          const topic = topicOf(engine, `orderbook.${depth}.${SYMBOL}`);
          const first = bookIn(topic.snapshot(0)[0]).data;
          const bids: Book = new Map(first.b);
          const asks: Book = new Map(first.a);
          let { u } = first;
          let last = 1_000;
          for (const one of todo) {
            last = act(made, one, last);
            for (const { type, data } of topic.tick(engine.venue.nowMs()).map(bookIn)) {
              expect([type, data.u]).toEqual(['delta', u + 1]);
              u += 1;
              apply(bids, data.b);
              apply(asks, data.a);
            }
            const now = bookIn(topic.snapshot(0)[0]).data;
            expect(now).toMatchObject({ u, b: sorted(bids, -1), a: sorted(asks, 1) });
            const rest = bookOf(engine, { symbol: SYMBOL, limit: String(depth) });
            expect([numbers(rest.b), numbers(rest.a)]).toEqual([numbers(now.b), numbers(now.a)]);
          }
        }),
        { seed: 20_260_702, numRuns: depth === 50 ? 25 : 8 },
      );
    },
  );

  test('depth 1 sends snapshots only, and the same one again after three silent seconds', () => {
    const { engine, price, pass } = followed('0');
    const topic = topicOf(engine, `orderbook.1.${SYMBOL}`);
    const tick = (): Record<string, unknown>[] => topic.tick(engine.venue.nowMs()).map(received);
    price('101');
    const [first] = tick();
    expect(first).toMatchObject({ type: 'snapshot', data: { b: [['100.9', '1000.0']], a: [['101.0', '1000.0']] } });
    pass(2_999);
    expect(tick()).toEqual([]);
    pass(1);
    expect(tick()).toEqual([{ ...first, ts: engine.venue.nowMs() }]);
  });

  test('a listing of the book changes nothing about what the stream of 1,000 levels sends', () => {
    expect(framesOf(true)).toEqual(framesOf(false));
    expect(framesOf(true)).toMatchObject(['snapshot', 'delta', 'delta', 'delta'].map((type) => ({ type })));
  });

  test('a listing shows the book of now, under the u that the stream sent last, or a new one when there is no stream', () => {
    const { engine, price } = followed();
    const listed = (): Record<string, unknown> => ask(engine, 'orderbook', { symbol: SYMBOL, limit: '1' });
    const { u: first } = listed();
    price('101');
    expect(listed()).toMatchObject({ u: Number(first) + 1 });
    const topic = topicOf(engine, `orderbook.1000.${SYMBOL}`);
    const [sent] = topic.snapshot(0).map(received);
    price('102');
    expect(listed()).toMatchObject({ u: Number(first) + 1, a: [['102', expect.any(String)]] });
    expect(sent).toMatchObject({ data: { u: Number(first) + 1 } });
    topic.end?.();
    expect(listed()).toMatchObject({ u: Number(first) + 2 });
  });

  test('what a taker gets is what the book shows', () => {
    const { engine, place } = followed('20000');
    const levels = bookOf(engine, { symbol: SYMBOL, limit: '2' }).a;
    const order = place({ side: 'Buy', qty: decimal('300') });
    const fills = engine.venue.accounts.get('main')?.executions ?? [];
    expect(order.status).toBe('Filled');
    expect(levels).toEqual([
      ['100', '200'],
      ['100.1', '199.8'],
    ]);
    expect(fills.map(({ execQty }) => execQty)).toEqual([decimal('200'), decimal('100')]);
  });
});

describe('tickers', () => {
  test('deltas applied to the first snapshot give each later one and what the listing shows', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 30 }), (todo) => {
        const made = followed();
        const { engine } = made;
        const topic = topicOf(engine, `tickers.${SYMBOL}`);
        const row = { ...topic.snapshot(0).map(received)[0]?.data };
        let last = 1_000;
        for (const one of todo) {
          last = act(made, one, last);
          for (const { type, data } of topic.tick(engine.venue.nowMs()).map(received)) {
            expect(type).toBe('delta');
            const { symbol, ...changed } = data;
            expect(symbol).toBe(SYMBOL);
            for (const [field, value] of Object.entries(changed)) expect(row[field]).not.toBe(value);
            Object.assign(row, data);
          }
          expect(topic.snapshot(0).map(received)[0]?.data).toEqual(row);
          const { tickDirection, ...rest } = row;
          expect(tickDirection).toMatch(/^(Zero)?(Plus|Minus)Tick$/);
          expect(rowsOf(engine, 'tickers', { symbol: SYMBOL })).toEqual([rest]);
        }
      }),
      { seed: 20_260_703, numRuns: 25 },
    );
  });

  test('nothing is sent while nothing changes', () => {
    const { engine, price } = followed();
    const topic = topicOf(engine, `tickers.${SYMBOL}`);
    price('101');
    expect(topic.tick(1)).toHaveLength(1);
    expect(topic.tick(2)).toEqual([]);
  });
});

const run = (seed: number | undefined): { sizes: unknown; orderId: string } => {
  const { engine, price, place } = market();
  if (seed !== undefined) createMarket(engine, seed);
  for (const last of ['101', '102', '103']) price(last);
  const orderId = place({ side: 'Buy' }).orderId;
  const sizes = seed === undefined ? [] : ask(engine, 'recent-trade', { symbol: SYMBOL })['list'];
  return { sizes, orderId };
};

describe('other topics', () => {
  test('publicTrade sends each trade once, oldest first, with the side of the taker', () => {
    const { engine, price, place } = followed('0');
    const topic = topicOf(engine, `publicTrade.${SYMBOL}`);
    const trades = (): unknown[] =>
      topic
        .tick(engine.venue.nowMs())
        .flatMap(rowsIn)
        .map(({ S, p, v, L }) => [S, p, v, L]);
    place({ side: 'Buy', qty: decimal('2') });
    expect(trades()).toEqual([['Buy', '100.0', '2.0', 'ZeroPlusTick']]);
    place({ side: 'Sell', qty: decimal('1'), price: decimal('100.5') });
    price('101');
    expect(trades()).toEqual([
      ['Buy', '100.5', '1.0', 'PlusTick'],
      ['Buy', '101.0', expect.any(String), 'PlusTick'],
    ]);
    expect(trades()).toEqual([]);
  });

  test('background trades depend on the seed alone and leave the engine as it is', () => {
    expect(run(1)).toEqual(run(1));
    expect(run(1).sizes).not.toEqual(run(2).sizes);
    expect(run(1).orderId).toBe(run(undefined).orderId);
  });

  test('priceLimit follows the mark price', () => {
    const { engine, price } = followed();
    const topic = topicOf(engine, `priceLimit.${SYMBOL}`);
    const shown = { topic: `priceLimit.${SYMBOL}`, ts: 5 };
    expect(topic.snapshot(5)).toEqual([{ ...shown, data: { symbol: SYMBOL, buyLmt: '101.0', sellLmt: '99.0' } }]);
    expect(topic.tick(5)).toEqual([]);
    price('110');
    expect(topic.tick(5)).toEqual([{ ...shown, data: { symbol: SYMBOL, buyLmt: '111.1', sellLmt: '108.9' } }]);
  });

  test.each([
    'tickers.NOPEUSDT',
    'tickers.testusdt',
    'tickers',
    'nothing.TESTUSDT',
    'orderbook.2.TESTUSDT',
    'orderbook.TESTUSDT',
    'kline.2.TESTUSDT',
    'tickers.1.TESTUSDT',
    'constructor.TESTUSDT',
    'orderbook.50.x.TESTUSDT',
    '',
  ])('there is no topic "%s"', (name) => {
    expect(makeMarketTopic(followed().engine, name)).toBeUndefined();
  });
});
