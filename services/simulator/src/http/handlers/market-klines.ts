import { z } from 'zod';
import { barRow } from '../../market/bar-row.ts';
import { newestBars } from '../../market/bars.ts';
import type { Bar } from '../../market/bars.ts';
import { INTERVALS } from '../../market/intervals.ts';
import { marketOf } from '../../market/market.ts';
import type { PriceKind } from '../../market/tape.ts';
import { parseListing } from '../call.ts';
import type { Answer, PublicCall } from '../call.ts';
import { limitField } from '../fields.ts';
import { linearByDefault, requireListed, time } from '../market-query.ts';

const klineQuery = z.object({
  ...linearByDefault,
  interval: z.enum(INTERVALS, 'interval invalid'),
  start: time,
  end: time,
  limit: limitField(1_000, 200),
});

/**
 * GET /v5/market/kline and its mark, index and premium-index siblings (reference C.4): newest first, from the listing on;
 * the oldest bars after `start` when only that is given, otherwise the newest up to `end`.
 */
export function klines(kind: PriceKind): (call: PublicCall) => Answer {
  return (call) => {
    const query = parseListing(klineQuery, call);
    const { symbol } = requireListed(call, query);
    const nowMs = call.engine.venue.nowMs();
    const bars = newestBars(marketOf(call.engine).tape(symbol).bars[kind], query.interval, { nowMs, most: Infinity });
    const list = window(bars, query)
      .toReversed()
      .map((bar) => barRow(bar, kind));
    return { result: { symbol, category: 'linear', list } };
  };
}

function window(
  bars: readonly Bar[],
  { start, end, limit }: { start?: number | undefined; end?: number | undefined; limit: number },
): readonly Bar[] {
  const inside = bars.filter(({ startMs }) => startMs >= (start ?? 0) && startMs <= (end ?? Infinity));
  return start !== undefined && end === undefined ? inside.slice(0, limit) : inside.slice(-limit);
}
