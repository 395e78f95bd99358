import { requireInstrument } from '../../engine/venue.ts';
import type { PublicFrame, PublicTopic } from '../../streams/public-topic.ts';
import type { Market } from '../market.ts';
import { tradeId } from '../public-trade.ts';
import { showPrice } from '../../engine/instruments.ts';
import { showQty } from '../show.ts';

const MOST_PER_FRAME = 1_024;

/** `publicTrade.{symbol}`: each trade at once, oldest first (reference D.3). */
export function tradesTopic(market: Market, symbol: string): PublicTopic {
  const tape = market.tape(symbol);
  let seen = tape.printed;
  const frame = (trades: typeof tape.trades, ts: number): PublicFrame => {
    const instrument = requireInstrument(market.engine.venue, symbol);
    const data = trades.map((trade) => ({
      T: trade.atMs,
      s: symbol,
      S: trade.side,
      v: showQty(instrument, trade.size),
      p: showPrice(instrument, trade.price),
      L: trade.direction,
      i: tradeId(trade),
      BT: false,
      RPI: false,
      seq: trade.seq,
    }));
    return { topic: `publicTrade.${symbol}`, type: 'snapshot', ts, data };
  };
  return {
    symbol,
    everyMs: 0,
    snapshot: () => [],
    tick: (nowMs) => {
      const fresh = seen === tape.printed ? [] : tape.trades.slice(seen - tape.printed);
      seen = tape.printed;
      const frames: PublicFrame[] = [];
      for (let from = 0; from < fresh.length; from += MOST_PER_FRAME) {
        frames.push(frame(fresh.slice(from, from + MOST_PER_FRAME), nowMs));
      }
      return frames;
    },
  };
}
