import { z } from 'zod';
import type { Instrument } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import { marketOf } from '../../market/market.ts';
import { tickerRow } from '../../market/ticker-row.ts';
import { parse, parseListing } from '../call.ts';
import type { Answer, PublicCall } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { instrumentRow } from '../rows/instrument-row.ts';

/** Categories that exist on the exchange; those without contracts here list nothing. */
const category = z.enum(['linear', 'spot', 'inverse', 'option'], 'category invalid');

/** GET /v5/market/time (reference C.1). */
export function serverTime({ nowMs }: PublicCall): Answer {
  return { result: { timeSecond: String(Math.floor(nowMs / 1_000)), timeNano: `${nowMs}000000` } };
}

const instrumentsQuery = z.object({
  category,
  symbol: fields.text,
  symbolType: fields.text,
  status: fields.text,
  baseCoin: fields.text,
  limit: limitField(1_000, 500),
  cursor: fields.text,
});

type InstrumentsQuery = z.output<typeof instrumentsQuery>;

/** GET /v5/market/instruments-info (reference C.2): only Trading ones unless a status or a symbol is named. */
export function instrumentsInfo({ engine, input }: PublicCall): Answer {
  const query = parseListing(instrumentsQuery, { engine, input });
  if (query.category !== 'linear') return { result: { category: query.category, list: [], nextPageCursor: '' } };
  const after = query.cursor === undefined ? '' : (decodeCursor(query.cursor).at(-1) ?? '');
  const rows = [...engine.venue.instruments.values()]
    .filter((instrument) => isMeant(instrument, query))
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
    .filter((instrument) => instrument.symbol > after);
  const page = rows.slice(0, query.limit);
  const hasMore = rows.length > page.length;
  const nextPageCursor = hasMore ? encodeCursor([page[0]?.symbol ?? '', page.at(-1)?.symbol ?? '']) : '';
  return { result: { category: query.category, list: page.map(instrumentRow), nextPageCursor } };
}

/** Contracts here have no symbolType, so that any that is asked for finds none. */
function isMeant(
  instrument: Instrument,
  { symbol, symbolType, status = 'Trading', baseCoin }: InstrumentsQuery,
): boolean {
  if (symbolType !== undefined) return false;
  if (symbol !== undefined) return instrument.symbol === symbol;
  return instrument.status === status && (baseCoin === undefined || instrument.symbol === `${baseCoin}USDT`);
}

const tickersQuery = z.object({ category, symbol: fields.text });

/** GET /v5/market/tickers (reference C.3): one symbol or all in one answer. */
export function tickers({ engine, input }: PublicCall): Answer {
  const { category: asked, symbol } = parse(tickersQuery, input);
  if (asked !== 'linear') return { result: { category: asked, list: [] } };
  const { instruments } = engine.venue;
  if (symbol !== undefined && !instruments.has(symbol)) throw refusals.unknownSymbol();
  const market = marketOf(engine);
  const list = (symbol === undefined ? [...instruments.keys()] : [symbol]).map((name) => tickerRow(market, name));
  return { result: { category: asked, list } };
}
