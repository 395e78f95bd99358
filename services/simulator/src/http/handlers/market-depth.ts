import { z } from 'zod';
import { show } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';
import { priceBand } from '../../engine/orders/price-band.ts';
import { bookMark } from '../../market/book-state.ts';
import { marketOf } from '../../market/market.ts';
import { bookOf } from '../../market/order-book.ts';
import { tradeId } from '../../market/public-trade.ts';
import { showPrice } from '../../engine/instruments.ts';
import { showQty } from '../../market/show.ts';
import { newestTrades } from '../../market/tape.ts';
import { parse, parseListing } from '../call.ts';
import type { Answer, PublicCall } from '../call.ts';
import { limitField } from '../fields.ts';
import { linearByDefault, marketQuery, requireListed } from '../market-query.ts';

const DEEPEST = 1_000;

const orderbookQuery = z.object({ ...marketQuery, limit: limitField(DEEPEST, 25) });

/** GET /v5/market/orderbook (reference C.4). `u` is that of the stream of 1,000 levels, which it does not change. */
export function orderbook(call: PublicCall): Answer {
  const query = parseListing(orderbookQuery, call);
  const instrument = requireListed(call, query);
  const { venue } = call.engine;
  const market = marketOf(call.engine);
  const { symbol: s } = instrument;
  const { u, seq, atMs } = bookMark(market, s, DEEPEST);
  const { bids, asks } = bookOf(venue, instrument, query.limit);
  return { result: { s, b: levels(bids), a: levels(asks), ts: venue.nowMs(), u, seq, cts: atMs } };
}

function levels(side: ReadonlyMap<Decimal, Decimal>): string[][] {
  return [...side].map(([price, size]) => [show(price), show(size)]);
}

const tradesQuery = z.object({ ...marketQuery, limit: limitField(1_000, 500) });

/** GET /v5/market/recent-trade (reference C.4): newest first. */
export function recentTrades(call: PublicCall): Answer {
  const query = parseListing(tradesQuery, call);
  const instrument = requireListed(call, query);
  const list = newestTrades(marketOf(call.engine).tape(instrument.symbol), query.limit).map((trade) => ({
    execId: tradeId(trade),
    symbol: trade.symbol,
    price: showPrice(instrument, trade.price),
    size: showQty(instrument, trade.size),
    side: trade.side,
    time: String(trade.atMs),
    isBlockTrade: false,
    isRPITrade: false,
    seq: String(trade.seq),
  }));
  return { result: { category: 'linear', list } };
}

const priceLimitQuery = z.object(linearByDefault);

/** GET /v5/market/price-limit (reference C.4). */
export function priceLimit(call: PublicCall): Answer {
  const instrument = requireListed(call, parse(priceLimitQuery, call.input));
  const { maxBuy, minSell } = priceBand(instrument);
  const [buyLmt, sellLmt] = [showPrice(instrument, maxBuy), showPrice(instrument, minSell)];
  return { result: { symbol: instrument.symbol, buyLmt, sellLmt, ts: String(call.engine.venue.nowMs()) }, retMsg: '' };
}
