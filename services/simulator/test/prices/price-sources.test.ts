import { describe, expect, test } from 'vitest';
import { decimal, show } from '../../src/engine/decimal.ts';
import { createMarket } from '../../src/market/market.ts';
import { withBasis } from '../../src/prices/basis.ts';
import { readPriceCsv } from '../../src/prices/price-csv.ts';
import type { PriceLine } from '../../src/prices/price-csv.ts';
import { createReplay } from '../../src/prices/replay.ts';
import { createScript } from '../../src/prices/script.ts';
import type { ScriptLine } from '../../src/prices/script.ts';
import { createWalk } from '../../src/prices/walk.ts';
import { barsOf, rowsOf } from '../market/public-calls.ts';
import { market, SYMBOL } from '../market.ts';
import type { Market } from '../market.ts';

interface Seen {
  readonly ms: number;
  readonly last: string;
  readonly mark: string;
  readonly index: string;
}

/** A market and each price that it has from now on, with the milliseconds since the start. */
function watched(): Market & { seen: Seen[]; instruments: Market['engine']['venue']['instruments']; startMs: number } {
  const made = market();
  createMarket(made.engine, 7);
  const { instruments } = made.engine.venue;
  const startMs = made.engine.venue.nowMs();
  const seen: Seen[] = [];
  made.engine.onEvent((event) => {
    const at = instruments.get(SYMBOL);
    if (event.type !== 'price' || at === undefined) return;
    seen.push({ ms: event.atMs - startMs, last: show(at.last), mark: show(at.mark), index: show(at.index) });
  });
  return { ...made, seen, instruments, startMs };
}

/** Lets `ms` pass, stopping at each moment at which something is due. */
function run({ engine, pass, startMs }: ReturnType<typeof watched>, ms: number): void {
  const untilMs = startMs + ms;
  for (let dueMs = engine.nextDueMs(); dueMs !== undefined && dueMs <= untilMs; dueMs = engine.nextDueMs()) {
    pass(dueMs - engine.venue.nowMs());
  }
}

function linesOf(csv: string): readonly PriceLine[] {
  const read = readPriceCsv(csv, SYMBOL);
  if (read.faults !== undefined) throw new Error(read.faults.join());
  return read.lines;
}

function replay(
  csv: string,
  { seed = 7, speed = 1 }: { seed?: number; speed?: number } = {},
): ReturnType<typeof watched> {
  const made = watched();
  const lines = linesOf(csv);
  made.engine.startPrices(createReplay(lines, { instruments: made.instruments, seed, speed }, made.startMs));
  return made;
}

const timed = (seen: readonly Seen[]): unknown => seen.map(({ ms, last }) => [ms, last]);

const klines = Array.from({ length: 40 }, (_, minute) => `${minute * 60_000},100,101,99.5,100.5,8.6`);
const csv = ['start,open,high,low,close,volume', ...klines].join('\n');

const paths = (seed: number): string[] => {
  const made = replay(csv, { seed });
  run(made, 3_600_000);
  expect(made.seen.map(({ ms }) => ms)).toEqual(made.seen.map((_, index) => index * 15_000));
  const prices = made.seen.map(({ last }) => last);
  return klines.map((_, index) => prices.slice(4 * index, 4 * index + 4).join(' '));
};

describe('a replay', () => {
  const trades = 'time,price,size\n1000,100.1,2\n1000,100.2,1\n2500,100.2,3\n61000,99.5,0.5\n';

  test('gives exactly the prices of its trades at their distances, in their order, and their sizes', () => {
    const made = replay(trades);
    run(made, 100_000);
    expect(timed(made.seen)).toEqual([
      [0, '100.1'],
      [0, '100.2'],
      [1_500, '100.2'],
      [60_000, '99.5'],
    ]);
    const shown = rowsOf(made.engine, 'recent-trade', { symbol: SYMBOL });
    expect(shown.map(({ price, size }) => [price, size]).toReversed()).toEqual([
      ['100.1', '2.0'],
      ['100.2', '1.0'],
      ['100.2', '3.0'],
      ['99.5', '0.5'],
    ]);
    expect(made.engine.priceSources()).toEqual([]);
  });

  test('runs as fast as its speed says', () => {
    const made = replay(trades, { speed: 60 });
    run(made, 100_000);
    expect(timed(made.seen)).toEqual([
      [0, '100.1'],
      [0, '100.2'],
      [25, '100.2'],
      [1_000, '99.5'],
    ]);
  });

  test('does not depend on when the engine is asked to go on', () => {
    const made = replay(trades);
    made.pass(100_000);
    expect(made.seen.map(({ last }) => last)).toEqual(['100.1', '100.2', '100.2', '99.5']);
  });

  test('takes a kline from its open over both ends to its close, in an order that the seed decides', () => {
    expect(new Set(paths(7))).toEqual(new Set(['100 99.5 101 100.5', '100 101 99.5 100.5']));
    expect(paths(7)).toEqual(paths(7));
    expect(paths(7)).not.toEqual(paths(8));
  });

  test('of klines gives klines with the same prices and volumes', () => {
    const made = replay(csv);
    made.engine.stopPrices();
    made.pass(60_000 - (made.startMs % 60_000));
    const lines = linesOf(csv);
    const at = { instruments: made.instruments, seed: 7, speed: 1 };
    made.engine.startPrices(createReplay(lines, at, made.engine.venue.nowMs()));
    run(made, 3_600_000);
    const rows = barsOf(made.engine, 'kline', { symbol: SYMBOL, interval: '1', limit: '39' });
    expect(rows).toHaveLength(39);
    for (const [, , high, low, close, volume] of rows)
      expect([high, low, close, volume]).toEqual(['101', '99.5', '100.5', '8.6']);
  });
});

const script = (lines: readonly ScriptLine[], speed = 1): ReturnType<typeof watched> => {
  const made = watched();
  const instrument = made.instruments.get(SYMBOL);
  if (instrument === undefined) throw new Error('no instrument');
  made.engine.startPrices(createScript({ symbol: SYMBOL, lines, everyMs: 500, speed }, instrument, made.startMs));
  run(made, 60_000);
  return made;
};

describe('a script', () => {
  test('jumps, and goes in straight lines on the tick', () => {
    const { seen } = script([
      { atMs: 1_000, price: decimal('110'), mark: decimal('105'), index: decimal('104'), move: 'jump' },
      { atMs: 2_500, price: decimal('111'), move: 'linear' },
    ]);
    expect(seen).toEqual([
      { ms: 1_000, last: '110', mark: '105', index: '104' },
      { ms: 1_500, last: '110.3', mark: '107', index: '106.3' },
      { ms: 2_000, last: '110.6', mark: '109', index: '108.6' },
      { ms: 2_500, last: '111', mark: '111', index: '111' },
    ]);
  });

  test('runs as fast as its speed says', () => {
    expect(timed(script([{ atMs: 30_000, price: decimal('90'), move: 'jump' }], 60).seen)).toEqual([[500, '90']]);
  });
});

describe('mark and index price', () => {
  const basis = { markLagMs: 0, indexLagMs: 0, markPct: 0, indexPct: 0 };

  test('may follow later, the last moves too', () => {
    const made = watched();
    const lines = linesOf('time,price\n0,101\n400,102\n');
    const own = createReplay(lines, { instruments: made.instruments, seed: 1, speed: 1 }, made.startMs);
    made.engine.startPrices(withBasis(own, { ...basis, markLagMs: 1_000, indexLagMs: 200 }, made.instruments));
    run(made, 60_000);
    expect(made.seen).toEqual([
      { ms: 0, last: '101', mark: '100', index: '100' },
      { ms: 200, last: '101', mark: '100', index: '101' },
      { ms: 400, last: '102', mark: '100', index: '101' },
      { ms: 600, last: '102', mark: '100', index: '102' },
      { ms: 1_000, last: '102', mark: '101', index: '102' },
      { ms: 1_400, last: '102', mark: '102', index: '102' },
    ]);
    expect(made.engine.nextDueMs()).toBeUndefined();
  });

  test('may deviate', () => {
    const made = watched();
    const lines = linesOf('time,price\n0,200\n');
    const own = createReplay(lines, { instruments: made.instruments, seed: 1, speed: 1 }, made.startMs);
    made.engine.startPrices(withBasis(own, { ...basis, markPct: 1.5, indexPct: -1 }, made.instruments));
    run(made, 60_000);
    expect(made.seen).toEqual([{ ms: 0, last: '200', mark: '203', index: '198' }]);
  });
});

describe('a walk', () => {
  const spec = { seed: 11, stepMs: 500, volatilityPctPerMinute: 5, driftPctPerMinute: 0 };
  const path = (more: object, ms: number): readonly Seen[] => {
    const made = watched();
    const at = { instruments: made.instruments, symbols: [SYMBOL] };
    made.engine.startPrices(createWalk(at, { ...spec, ...more }, made.startMs));
    run(made, ms);
    return made.seen;
  };

  test('of a seed is always the same one', () => {
    const known = [
      '100.4',
      '101.1',
      '100.3',
      '100',
      '100.8',
      '100.9',
      '101.6',
      '102.2',
      '102',
      '101.2',
      '100.9',
      '100.9',
    ];
    expect(path({}, 6_000).map(({ last }) => last)).toEqual(known);
  });

  test('takes the same path at any speed', () => {
    const fast = path({ speed: 10 }, 600);
    expect(fast.map(({ ms }) => ms)).toEqual([50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600]);
    expect(fast.map(({ last }) => last)).toEqual(path({}, 6_000).map(({ last }) => last));
  });

  test('jumps off its path without leaving it otherwise', () => {
    expect(path({ jumpsPerHour: 3_600, jumpPct: 0 }, 60_000)).toEqual(path({}, 60_000));
  });

  test('may jump, by as much and about as often as it is told', () => {
    const still = path({ volatilityPctPerMinute: 0, jumpsPerHour: 360, jumpPct: 10 }, 600_000).map(({ last }) =>
      Number(last),
    );
    const jumps = still.map((last, index) => Math.round((last / (still[index - 1] ?? 100)) * 100));
    expect(new Set(jumps)).toEqual(new Set([91, 100, 110]));
    const count = jumps.filter((jump) => jump !== 100).length;
    expect(count).toBeGreaterThan(40);
    expect(count).toBeLessThan(80);
  });

  test('gives way to another source for its symbol', () => {
    const made = watched();
    made.engine.startWalk(spec);
    expect(made.engine.isWalking()).toBe(true);
    const lines = linesOf('time,price\n0,200\n');
    made.engine.startPrices(createReplay(lines, { instruments: made.instruments, seed: 1, speed: 1 }, made.startMs));
    expect(made.engine.isWalking()).toBe(false);
    run(made, 60_000);
    expect(made.seen).toHaveLength(1);
  });
});
