import { show } from '../../engine/decimal.ts';
import type { PublicFrame, PublicTopic } from '../../streams/public-topic.ts';
import { newestBars } from '../bars.ts';
import type { Bar } from '../bars.ts';
import { nextIntervalStart } from '../intervals.ts';
import type { Interval } from '../intervals.ts';
import type { Market } from '../market.ts';

const EVERY_MS = 1_000;
const QUIET_MS = 60_000;

/** `kline.{interval}.{symbol}`: the running bar each second in which it changed, and each bar once more when it is over. */
export function klineTopic(market: Market, { interval, symbol }: { interval: Interval; symbol: string }): PublicTopic {
  const { bars } = market.tape(symbol);
  const newest = (nowMs: number): Bar[] => newestBars(bars.last, interval, { nowMs, most: 2 });
  const row = (bar: Bar, confirm: boolean): Record<string, unknown> => ({
    start: bar.startMs,
    end: nextIntervalStart(interval, bar.startMs) - 1,
    interval,
    open: show(bar.open),
    close: show(bar.close),
    high: show(bar.high),
    low: show(bar.low),
    volume: show(bar.volume),
    turnover: show(bar.turnover),
    confirm,
    timestamp: bar.changedAtMs,
  });
  const frame = (data: unknown, ts: number): PublicFrame => ({
    topic: `kline.${interval}.${symbol}`,
    data: [data],
    ts,
    type: 'snapshot',
  });
  let shown = newest(market.engine.venue.nowMs()).at(-1);
  let sentAtMs = market.engine.venue.nowMs();
  return {
    symbol,
    everyMs: EVERY_MS,
    repeatMs: EVERY_MS,
    snapshot: (nowMs) =>
      newest(nowMs)
        .slice(-1)
        .map((bar) => frame(row(bar, false), nowMs)),
    tick: (nowMs) => {
      const [before, running] = newest(nowMs).slice(-2);
      const bar = running ?? before;
      if (bar === undefined) return [];
      const isOver = shown !== undefined && shown.startMs < bar.startMs;
      const closed = isOver && before !== undefined ? [frame(row(before, true), nowMs)] : [];
      const isDue = isOver || !isSame(shown, bar) || nowMs - sentAtMs >= QUIET_MS;
      shown = bar;
      if (!isDue) return [];
      sentAtMs = nowMs;
      return [...closed, frame(row(bar, false), nowMs)];
    },
  };
}

function isSame(a: Bar | undefined, b: Bar): boolean {
  return a?.startMs === b.startMs && a.close === b.close && a.volume === b.volume && a.changedAtMs === b.changedAtMs;
}
