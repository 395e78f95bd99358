import type { MakePublicTopic, PublicTopic } from '../../streams/public-topic.ts';
import { INTERVALS } from '../intervals.ts';
import { marketOf } from '../market.ts';
import type { Market } from '../market.ts';
import { klineTopic } from './kline-topic.ts';
import { liquidationTopic } from './liquidation-topic.ts';
import { isBookDepth, orderbookTopic } from './orderbook-topic.ts';
import { priceLimitTopic } from './price-limit-topic.ts';
import { tickersTopic } from './tickers-topic.ts';
import { tradesTopic } from './trades-topic.ts';

const BY_SYMBOL: Readonly<Record<string, (market: Market, symbol: string) => PublicTopic>> = {
  tickers: tickersTopic,
  publicTrade: tradesTopic,
  priceLimit: priceLimitTopic,
  allLiquidation: liquidationTopic,
};

/** By coin; known, and without anything to say. */
const SILENT: ReadonlySet<string> = new Set(['adlAlert.USDT', 'adlAlert.USDC']);

/** The public linear topics of reference D.3 about a listed symbol; names are exact, capitals included. */
export const makeMarketTopic: MakePublicTopic = (engine, name) => {
  if (SILENT.has(name)) return { symbol: '', everyMs: 1_000, snapshot: () => [], tick: () => [] };
  const [kind = '', ...rest] = name.split('.');
  const symbol = rest.at(-1) ?? '';
  if (!engine.venue.instruments.has(symbol) || rest.length > 2) return undefined;
  const market = marketOf(engine);
  const [scale] = rest;
  if (rest.length === 2 && scale !== undefined) return scaledTopic(market, { kind, scale, symbol });
  return Object.hasOwn(BY_SYMBOL, kind) ? BY_SYMBOL[kind]?.(market, symbol) : undefined;
};

/** Topics with a depth or an interval in their names. */
function scaledTopic(
  market: Market,
  { kind, scale, symbol }: { kind: string; scale: string; symbol: string },
): PublicTopic | undefined {
  if (kind === 'orderbook' && /^[1-9]\d{0,3}$/.test(scale) && isBookDepth(Number(scale))) {
    return orderbookTopic(market, { depth: Number(scale), symbol });
  }
  const interval = kind === 'kline' ? INTERVALS.find((known) => known === scale) : undefined;
  return interval && klineTopic(market, { interval, symbol });
}
