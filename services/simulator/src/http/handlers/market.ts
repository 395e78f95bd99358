import { z } from 'zod';
import { bestPrice } from '../../engine/instruments.ts';
import type { Instrument } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import { parse } from '../call.ts';
import type { Answer, PublicCall } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { instrumentRow, tickerRow } from '../rows/instrument-row.ts';

/** GET /v5/market/time (reference C.1). */
export function serverTime({ engine }: PublicCall): Answer {
  const nowMs = engine.venue.nowMs();
  return { result: { timeSecond: String(Math.floor(nowMs / 1_000)), timeNano: `${nowMs}000000` } };
}

const instrumentsQuery = z.object({
  category: z.string(),
  symbol: fields.text,
  status: fields.text,
  baseCoin: fields.text,
  limit: limitField(1_000, 500),
  cursor: fields.text,
});

/** GET /v5/market/instruments-info (reference C.2): only Trading ones unless a status or a symbol is named. */
export function instrumentsInfo({ engine, input }: PublicCall): Answer {
  const { category, symbol, status, baseCoin, limit, cursor } = parse(instrumentsQuery, input);
  if (category !== 'linear') return { result: { category, nextPageCursor: '', list: [] } };
  const isMeant = (instrument: Instrument): boolean =>
    symbol === undefined
      ? instrument.status === (status ?? 'Trading') && (!baseCoin || instrument.symbol === `${baseCoin}USDT`)
      : instrument.symbol === symbol;
  const after = cursor === undefined ? '' : (decodeCursor(cursor).at(-1) ?? '');
  const rows = [...engine.venue.instruments.values()]
    .filter(isMeant)
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
    .filter((instrument) => instrument.symbol > after);
  const page = rows.slice(0, limit);
  const hasMore = rows.length > page.length;
  const nextPageCursor = hasMore ? encodeCursor([page[0]?.symbol ?? '', page.at(-1)?.symbol ?? '']) : '';
  return { result: { category, nextPageCursor, list: page.map(instrumentRow) } };
}

const tickersQuery = z.object({ category: z.string(), symbol: fields.text });

/** GET /v5/market/tickers (reference C.3). */
export function tickers({ engine, input }: PublicCall): Answer {
  const { category, symbol } = parse(tickersQuery, input);
  if (category !== 'linear') return { result: { category, list: [] } };
  const { venue } = engine;
  if (symbol !== undefined && !venue.instruments.has(symbol)) throw refusals.unknownSymbol();
  const list = [...venue.instruments.values()]
    .filter((instrument) => symbol === undefined || instrument.symbol === symbol)
    .map((instrument) => {
      const best = { bid: bestPrice(venue, instrument, 'Sell'), ask: bestPrice(venue, instrument, 'Buy') };
      return tickerRow(instrument, best);
    });
  return { result: { category, list } };
}
