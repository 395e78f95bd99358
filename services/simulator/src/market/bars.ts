import { decimal, max, min } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import { INTERVALS, intervalStart, lengthOf, nextIntervalStart } from './intervals.ts';
import type { Interval } from './intervals.ts';

/** How many bars of each interval are kept: a day of minutes and more than a listing shows. */
const MOST_BARS = 1_500;
const ONE = decimal('1');

/** One kline. A bar opens at the close before it, as the exchange's do. */
export interface Bar {
  readonly startMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
  readonly turnover: Decimal;
  /** The last change in the bar; its start when there was none. */
  readonly changedAtMs: number;
}

/** The running minute is written to in place: it is touched by each price. */
type Running = { -readonly [Field in keyof Bar]: Bar[Field] };

/** The klines of one price in all intervals. Only the running minute is touched at a change; it is folded when it is over. */
export interface Bars {
  minute: Running;
  /** Oldest first, built from minutes that are over; the last one of an interval may be unfinished. */
  readonly folded: ReadonlyMap<Interval, Bar[]>;
}

export function startBars(price: Decimal, atMs: number): Bars {
  const folded = new Map(INTERVALS.map((interval): [Interval, Bar[]] => [interval, []]));
  return { minute: flatBar(intervalStart('1', atMs), price), folded };
}

/** A change of the price at a moment that is not before the last one; `size` is what was traded, 0n for none. */
export function addToBars(bars: Bars, price: Decimal, { atMs, size }: { atMs: number; size: Decimal }): void {
  advanceBars(bars, atMs);
  const { minute } = bars;
  if (price > minute.high) minute.high = price;
  if (price < minute.low) minute.low = price;
  minute.close = price;
  minute.changedAtMs = atMs;
  if (size === 0n) return;
  minute.volume += size;
  minute.turnover += (price * size) / ONE;
}

/** Closes the minutes that are over by `nowMs`; quiet ones become flat bars. */
function advanceBars(bars: Bars, nowMs: number): void {
  const startMs = intervalStart('1', nowMs);
  if (startMs <= bars.minute.startMs) return;
  for (const [interval, list] of bars.folded) {
    fold(list, interval, bars.minute);
    fillFlat(list, interval, { price: bars.minute.close, untilMs: startMs });
    if (list.length > 2 * MOST_BARS) list.splice(0, list.length - MOST_BARS);
  }
  bars.minute = flatBar(startMs, bars.minute.close);
}

/** The newest bars of an interval up to now, oldest first, the running one last; at most `most` and what is kept. */
export function newestBars(bars: Bars, interval: Interval, { nowMs, most }: { nowMs: number; most: number }): Bar[] {
  advanceBars(bars, nowMs);
  const list = bars.folded.get(interval)?.slice(-Math.min(most, MOST_BARS)) ?? [];
  fold(list, interval, bars.minute);
  return list.slice(-most);
}

function fold(list: Bar[], interval: Interval, minute: Bar): void {
  const startMs = intervalStart(interval, minute.startMs);
  const last = list.at(-1);
  if (last?.startMs !== startMs) {
    list.push({ ...minute, startMs });
    return;
  }
  list[list.length - 1] = {
    startMs,
    open: last.open,
    high: max(last.high, minute.high),
    low: min(last.low, minute.low),
    close: minute.close,
    volume: last.volume + minute.volume,
    turnover: last.turnover + minute.turnover,
    changedAtMs: minute.changedAtMs > minute.startMs ? minute.changedAtMs : last.changedAtMs,
  };
}

/** Bars without a change for all starts before `untilMs`; of a long silence only the newest. */
function fillFlat(list: Bar[], interval: Interval, { price, untilMs }: { price: Decimal; untilMs: number }): void {
  const last = list.at(-1);
  if (last === undefined) return;
  const earliestMs = intervalStart(interval, untilMs - MOST_BARS * lengthOf(interval));
  let startMs = Math.max(nextIntervalStart(interval, last.startMs), earliestMs);
  for (; startMs < untilMs; startMs = nextIntervalStart(interval, startMs)) list.push(flatBar(startMs, price));
}

function flatBar(startMs: number, price: Decimal): Running {
  return {
    startMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0n,
    turnover: 0n,
    changedAtMs: startMs,
  };
}
