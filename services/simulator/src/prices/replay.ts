import { floorTo } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import type { Instrument } from '../engine/model.ts';
import { seededRandom, streamSeed } from '../engine/random.ts';
import type { KlineLine, PriceLine } from './price-csv.ts';
import { moment } from './price-source.ts';
import type { PriceSource } from './price-source.ts';

const DEFAULT_KLINE_MS = 60_000;

interface Point {
  readonly atMs: number;
  readonly symbol: string;
  readonly price: Decimal;
  readonly size: Decimal | undefined;
}

/**
 * Plays lines of a file again from `startMs` on, `speed` times as fast: the first line is due at once. A kline goes from
 * its open over low and high, or high and low as the seed has it, to its close, a quarter of its length apart.
 */
export function createReplay(
  lines: readonly PriceLine[],
  { instruments, seed, speed }: { instruments: ReadonlyMap<string, Instrument>; seed: number; speed: number },
  startMs: number,
): PriceSource {
  const points = pointsOf(lines, instruments, seed).toSorted((a, b) => a.atMs - b.atMs);
  const firstMs = points[0]?.atMs ?? 0;
  let next = 0;
  return {
    kind: 'replay',
    symbols: new Set(points.map(({ symbol }) => symbol)),
    nextAtMs: () => {
      const point = points[next];
      return point && moment(startMs, point.atMs - firstMs, speed);
    },
    step: () => {
      const point = points[next];
      if (point === undefined) return [];
      next += 1;
      const { symbol, price, size } = point;
      return [{ symbol, last: price, mark: price, index: price, size }];
    },
  };
}

function pointsOf(lines: readonly PriceLine[], instruments: ReadonlyMap<string, Instrument>, seed: number): Point[] {
  const bySymbol = Map.groupBy(lines, ({ symbol }) => symbol);
  return [...bySymbol].flatMap(([symbol, own]) => {
    const random = seededRandom(streamSeed(seed, `replay:${symbol}`));
    const step = instruments.get(symbol)?.qtyStep ?? 1n;
    return own.flatMap((line, index) => {
      if (line.kind === 'trade') return [line];
      const lengthMs = lengthAt(own, index);
      return pathOf(line, { lengthMs, step, lowFirst: random() < 0.5 });
    });
  });
}

function lengthAt(lines: readonly PriceLine[], index: number): number {
  const [before, at, after] = [lines[index - 1], lines[index], lines[index + 1]];
  if (at === undefined) return DEFAULT_KLINE_MS;
  if (after !== undefined) return after.atMs - at.atMs;
  return before === undefined ? DEFAULT_KLINE_MS : at.atMs - before.atMs;
}

function pathOf(
  { atMs, symbol, open, high, low, close, volume }: KlineLine,
  { lengthMs, step, lowFirst }: { lengthMs: number; step: Decimal; lowFirst: boolean },
): readonly Point[] {
  const prices = lowFirst ? [open, low, high, close] : [open, high, low, close];
  const part = volume && floorTo(volume / 4n, step);
  const rest = volume && part !== undefined ? volume - 3n * part : undefined;
  return prices.map((price, index) => {
    return { atMs: atMs + (index * lengthMs) / 4, symbol, price, size: index === 3 ? rest : part };
  });
}
