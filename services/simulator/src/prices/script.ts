import { floorTo, max } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import type { Instrument } from '../engine/model.ts';
import { moment } from './price-source.ts';
import type { PriceMove, PriceSource } from './price-source.ts';

export interface ScriptLine {
  /** Since the start of the script. */
  readonly atMs: number;
  readonly price: Decimal;
  /** The last price when missing. */
  readonly mark?: Decimal | undefined;
  readonly index?: Decimal | undefined;
  /** A jump at `atMs`, or a straight line to there from the line before. */
  readonly move: 'jump' | 'linear';
}

export interface Script {
  readonly symbol: string;
  readonly lines: readonly ScriptLine[];
  /** Between two points of a straight line, in the script's time. */
  readonly everyMs: number;
  readonly speed: number;
}

interface Point {
  readonly atMs: number;
  readonly last: Decimal;
  readonly mark: Decimal;
  readonly index: Decimal;
}

/** Moves one symbol as written; lines must be in the order of their times. Points of straight lines are on the tick. */
export function createScript(script: Script, instrument: Instrument, startMs: number): PriceSource {
  const { symbol, speed } = script;
  const points = pointsOf(script, instrument);
  let next = 0;
  return {
    kind: 'script',
    symbols: new Set([symbol]),
    nextAtMs: () => {
      const point = points[next];
      return point && moment(startMs, point.atMs, speed);
    },
    step: (): readonly PriceMove[] => {
      const point = points[next];
      if (point === undefined) return [];
      next += 1;
      const { last, mark, index } = point;
      return [{ symbol, last, mark, index }];
    },
  };
}

function pointsOf({ lines, everyMs }: Script, { last, mark, index, tickSize }: Instrument): readonly Point[] {
  const points: Point[] = [];
  let from: Point = { atMs: 0, last, mark, index };
  for (const line of lines) {
    const to = { atMs: line.atMs, last: line.price, mark: line.mark ?? line.price, index: line.index ?? line.price };
    if (line.move === 'linear') for (const point of between(from, to, { everyMs, tickSize })) points.push(point);
    points.push(to);
    from = to;
  }
  return points;
}

function between(from: Point, to: Point, { everyMs, tickSize }: { everyMs: number; tickSize: Decimal }): Point[] {
  const points: Point[] = [];
  const length = BigInt(to.atMs - from.atMs);
  for (let atMs = from.atMs + everyMs; atMs < to.atMs; atMs += everyMs) {
    const gone = BigInt(atMs - from.atMs);
    const along = (a: Decimal, b: Decimal): Decimal => max(floorTo(a + ((b - a) * gone) / length, tickSize), tickSize);
    points.push({
      atMs,
      last: along(from.last, to.last),
      mark: along(from.mark, to.mark),
      index: along(from.index, to.index),
    });
  }
  return points;
}
