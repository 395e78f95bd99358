import { z } from 'zod';
import { show, showFixed } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';
import { refusals } from '../../engine/refusal.ts';
import { marketOf } from '../../market/market.ts';
import { openInterestAt } from '../../market/open-interest.ts';
import { parseListing } from '../call.ts';
import type { Answer, PublicCall } from '../call.ts';
import { fields, limitField } from '../fields.ts';
import { marketQuery, requireListed, time } from '../market-query.ts';

const MINUTE_MS = 60_000;
const STEP_MS = {
  '5min': 5 * MINUTE_MS,
  '15min': 15 * MINUTE_MS,
  '30min': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': 1_440 * MINUTE_MS,
} as const;
const INTEREST_PLACES = 8;

const interestQuery = z.object({
  ...marketQuery,
  intervalTime: z.enum(['5min', '15min', '30min', '1h', '4h', '1d'], 'intervalTime invalid'),
  startTime: time,
  endTime: time,
  limit: limitField(200, 50),
  cursor: fields.text,
});

/** GET /v5/market/open-interest (reference C.4): newest first, on whole intervals from the listing on. */
export function openInterest(call: PublicCall): Answer {
  const query = parseListing(interestQuery, call);
  const { symbol } = requireListed(call, query);
  const tape = marketOf(call.engine).tape(symbol);
  const stepMs = STEP_MS[query.intervalTime];
  const span = {
    fromMs: Math.max(query.startTime ?? 0, tape.startedAtMs),
    toMs: Math.min(query.endTime ?? Infinity, call.engine.venue.nowMs(), beforeCursor(query.cursor)),
  };
  const moments = marks(span, stepMs, query.limit);
  const list = moments.map((atMs) => {
    const single = openInterestAt(tape.openInterest, atMs);
    return {
      openInterest: showFixed(2n * single, INTEREST_PLACES),
      singleOpenInterest: showFixed(single, INTEREST_PLACES),
      timestamp: String(atMs),
    };
  });
  const oldestMs = moments.at(-1);
  const hasMore = oldestMs !== undefined && oldestMs - stepMs >= span.fromMs;
  return { result: { symbol, category: 'linear', list, nextPageCursor: hasMore ? cursorAt(oldestMs) : '' } };
}

const fundingQuery = z.object({ ...marketQuery, startTime: time, endTime: time, limit: limitField(200, 200) });

/** GET /v5/market/funding/history (reference C.4): the settlements since the listing, newest first; a start needs an end. */
export function fundingHistory(call: PublicCall): Answer {
  const query = parseListing(fundingQuery, call);
  const { symbol, fundingInterval } = requireListed(call, query);
  if (query.startTime !== undefined && query.endTime === undefined) {
    throw refusals.parameter('params error: startTime needs endTime');
  }
  const { startedAtMs, fundingRates, oddFundings } = marketOf(call.engine).tape(symbol);
  const span = {
    fromMs: Math.max(query.startTime ?? 0, startedAtMs),
    toMs: Math.min(query.endTime ?? Infinity, call.engine.venue.nowMs()),
  };
  const rateAt = (atMs: number): Decimal =>
    (fundingRates.findLast(({ sinceMs }) => sinceMs <= atMs) ?? fundingRates[0])?.rate ?? 0n;
  const settled = marks(span, fundingInterval * MINUTE_MS, query.limit).map((atMs) => ({ atMs, rate: rateAt(atMs) }));
  const list = [...settled, ...oddFundings.filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)]
    .toSorted((a, b) => b.atMs - a.atMs)
    .slice(0, query.limit)
    .map(({ atMs, rate }) => ({ symbol, fundingRate: show(rate), fundingRateTimestamp: String(atMs) }));
  return { result: { category: 'linear', list } };
}

/** The newest whole multiples of `stepMs` in a span, newest first. */
function marks({ fromMs, toMs }: { fromMs: number; toMs: number }, stepMs: number, most: number): readonly number[] {
  const found: number[] = [];
  for (let atMs = toMs - (toMs % stepMs); atMs >= fromMs && found.length < most; atMs -= stepMs) found.push(atMs);
  return found;
}

/** The exchange's form, percent-encoded: `lastid=...&lasttime=` in seconds. */
function cursorAt(atMs: number): string {
  return encodeURIComponent(`lastid=${atMs / MINUTE_MS}&lasttime=${atMs / 1_000}`);
}

function beforeCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Infinity;
  const text = cursor.includes('%') ? cursor.replaceAll('%3D', '=').replaceAll('%26', '&') : cursor;
  const seconds = /^lastid=\d{1,12}&lasttime=(\d{1,12})$/.exec(text)?.[1];
  if (seconds === undefined) throw refusals.parameter('params error: cursor invalid');
  return Number(seconds) * 1_000 - 1;
}
