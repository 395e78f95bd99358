import { max, min } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import { newestBars } from './bars.ts';
import type { Bar, Bars } from './bars.ts';

const MINUTES_OF_HOUR = 60;
const MINUTES_OF_DAY = 1_440;

/** What happened in the last 24 hours, to the minute; since the listing when that is shorter ago. */
export interface DayFigures {
  readonly price24hAgo: Decimal;
  readonly price1hAgo: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly volume: Decimal;
  readonly turnover: Decimal;
}

interface ClosedPart extends DayFigures {
  readonly minuteMs: number;
}

/** Sums up the minutes that are over once per minute; asking again costs nothing. */
export type DayFiguresOf = (bars: Bars, nowMs: number) => DayFigures;

export function createDayFigures(): DayFiguresOf {
  let closed: ClosedPart | undefined;
  return (bars, nowMs) => {
    if (closed === undefined || nowMs >= closed.minuteMs + 60_000) closed = closedPart(bars, nowMs);
    const { minute } = bars;
    return {
      ...closed,
      high: max(closed.high, minute.high),
      low: min(closed.low, minute.low),
      volume: closed.volume + minute.volume,
      turnover: closed.turnover + minute.turnover,
    };
  };
}

function closedPart(bars: Bars, nowMs: number): ClosedPart {
  const minutes = newestBars(bars, '1', { nowMs, most: MINUTES_OF_DAY });
  const { minute } = bars;
  let { high, low } = minute;
  let volume = 0n;
  let turnover = 0n;
  for (const bar of minutes.slice(0, -1)) {
    high = max(high, bar.high);
    low = min(low, bar.low);
    volume += bar.volume;
    turnover += bar.turnover;
  }
  const openOf = (bar: Bar | undefined): Decimal => (bar ?? minute).open;
  const price1hAgo = openOf(minutes.at(-Math.min(MINUTES_OF_HOUR, minutes.length)));
  return { minuteMs: minute.startMs, price24hAgo: openOf(minutes[0]), price1hAgo, high, low, volume, turnover };
}
