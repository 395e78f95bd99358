import { requireInstrument } from '../../engine/venue.ts';
import type { PublicFrame, PublicTopic } from '../../streams/public-topic.ts';
import type { Market } from '../market.ts';
import { tickerRow } from '../ticker-row.ts';
import type { TickerRow } from '../ticker-row.ts';

/** What comes first, in the order of the stream; the other fields follow in that of the listing. */
const FIRST = [
  'symbol',
  'tickDirection',
  'price24hPcnt',
  'lastPrice',
  'prevPrice24h',
  'highPrice24h',
  'lowPrice24h',
  'prevPrice1h',
  'markPrice',
  'indexPrice',
  'openInterest',
  'openInterestValue',
  'singleOpenInterest',
  'singleOpenInterestValue',
  'turnover24h',
  'volume24h',
  'fundingIntervalHour',
  'fundingCap',
  'nextFundingTime',
  'fundingRate',
  'bid1Price',
  'bid1Size',
  'ask1Price',
  'ask1Size',
];

/** `tickers.{symbol}`: a snapshot, then what has changed, every 100 ms (reference D.3). */
export function tickersTopic(market: Market, symbol: string): PublicTopic {
  const row = (): TickerRow => {
    const { direction: tickDirection } = market.tape(symbol).before;
    const ticker: TickerRow = { ...tickerRow(market, symbol), tickDirection };
    return { ...Object.fromEntries(FIRST.map((name) => [name, ticker[name] ?? ''])), ...ticker };
  };
  const frame = (type: 'snapshot' | 'delta', data: TickerRow, ts: number): PublicFrame => ({
    topic: `tickers.${symbol}`,
    type,
    data,
    cs: requireInstrument(market.engine.venue, symbol).seq,
    ts,
  });
  let shown = row();
  return {
    symbol,
    everyMs: 100,
    repeatMs: 1_000,
    snapshot: (nowMs) => [frame('snapshot', shown, nowMs)],
    tick: (nowMs) => {
      const now = row();
      const changed = Object.entries(now).filter(([field, value]) => shown[field] !== value);
      shown = now;
      return changed.length === 0 ? [] : [frame('delta', { symbol, ...Object.fromEntries(changed) }, nowMs)];
    },
  };
}
