import type { Exchange, Instrument, ReadOptions } from '@backstop/core';
import { type InstrumentRow, instrumentRow } from './instrument-row.ts';
import { allPages, pageParser } from './listing.ts';
import { send } from './send.ts';
import type { Request, Wire } from './wire.ts';
import { tickerRow } from './ticker-row.ts';

/** What can be read without an account. */
export type MarketData = Pick<Exchange, 'instruments' | 'tickers'>;

const INSTRUMENTS_PER_PAGE = 1_000;

/** A symbol that is being delisted is asked for by status: the default list has `Trading` only (reference C.2). */
const STATUSES = ['Trading', 'Delivering'] as const;

const instrumentPage = pageParser('instruments-info', instrumentRow);
const tickerPage = pageParser('market/tickers', tickerRow);

/** The public listings. A symbol that has no complete price yet is absent from the tickers. */
export function marketReads(wire: Wire): MarketData {
  return {
    instruments: async ({ signal }) => {
      const lists = await Promise.all(STATUSES.map((status) => instruments(wire, status, signal)));
      return new Map(lists.flat().map((row) => [row.symbol, row]));
    },
    tickers: async ({ signal }: ReadOptions) => {
      const { rows } = tickerPage(await read(wire, signal, (sdk) => sdk.getTickers({ category: 'linear' })));
      return new Map(rows.flatMap(({ symbol, prices }) => (prices === undefined ? [] : [[symbol, prices]])));
    },
  };
}

async function instruments(
  wire: Wire,
  status: (typeof STATUSES)[number],
  signal: AbortSignal,
): Promise<readonly Instrument[]> {
  const rows = await allPages({
    limit: INSTRUMENTS_PER_PAGE,
    idOf: (row: InstrumentRow) => row.symbol,
    page: async (at) =>
      instrumentPage(
        await read(wire, signal, (sdk) =>
          sdk.getInstrumentsInfo({ category: 'linear', status, limit: INSTRUMENTS_PER_PAGE, ...at }),
        ),
      ),
  });
  return rows.flatMap(({ instrument }) => instrument ?? []);
}

function read(wire: Wire, signal: AbortSignal, call: Request['call']): ReturnType<typeof send> {
  return send(wire, { endpoint: 'market', effect: 'read', cost: 1, signal, call });
}
