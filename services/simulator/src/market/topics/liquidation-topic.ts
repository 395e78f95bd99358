import { requireInstrument } from '../../engine/venue.ts';
import type { PublicTopic } from '../../streams/public-topic.ts';
import type { Market } from '../market.ts';
import { showPrice } from '../../engine/instruments.ts';
import { showQty } from '../show.ts';

/** `allLiquidation.{symbol}`: positions that were taken over, every 500 ms; `S` is the position's side (reference D.3). */
export function liquidationTopic(market: Market, symbol: string): PublicTopic {
  const tape = market.tape(symbol);
  let seen = tape.liquidated;
  return {
    symbol,
    everyMs: 500,
    snapshot: () => [],
    tick: (nowMs) => {
      const fresh = seen === tape.liquidated ? [] : tape.liquidations.slice(seen - tape.liquidated);
      seen = tape.liquidated;
      if (fresh.length === 0) return [];
      const instrument = requireInstrument(market.engine.venue, symbol);
      const data = fresh.map(({ atMs, side, size, price }) => ({
        T: atMs,
        s: symbol,
        S: side,
        v: showQty(instrument, size),
        p: showPrice(instrument, price),
      }));
      return [{ topic: `allLiquidation.${symbol}`, type: 'snapshot', ts: nowMs, data }];
    },
  };
}
