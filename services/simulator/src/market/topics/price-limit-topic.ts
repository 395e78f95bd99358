import { priceBand } from '../../engine/orders/price-band.ts';
import { requireInstrument } from '../../engine/venue.ts';
import type { PublicFrame, PublicTopic } from '../../streams/public-topic.ts';
import type { Market } from '../market.ts';
import { showPrice } from '../../engine/instruments.ts';

/** `priceLimit.{symbol}`: the band of limit orders, when it has changed, at most every 300 ms (reference D.3). */
export function priceLimitTopic(market: Market, symbol: string): PublicTopic {
  const data = (): { symbol: string; buyLmt: string; sellLmt: string } => {
    const instrument = requireInstrument(market.engine.venue, symbol);
    const { maxBuy, minSell } = priceBand(instrument);
    return { symbol, buyLmt: showPrice(instrument, maxBuy), sellLmt: showPrice(instrument, minSell) };
  };
  const frame = (ts: number): PublicFrame => ({ topic: `priceLimit.${symbol}`, data: shown, ts });
  let shown = data();
  return {
    symbol,
    everyMs: 300,
    snapshot: (nowMs) => [frame(nowMs)],
    tick: (nowMs) => {
      const now = data();
      if (now.buyLmt === shown.buyLmt && now.sellLmt === shown.sellLmt) return [];
      shown = now;
      return [frame(nowMs)];
    },
  };
}
