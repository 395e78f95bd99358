import type { ListedInstrument } from '@backstop/intake';
import { BYBIT_VENUES, publicBybit } from '@backstop/exchange';
import type { LiveVenue } from './prepare.ts';

const LIMIT_MS = 15_000;

/** What a live venue lists, with the last prices. Reads public market data only. Rejects with ExchangeError. */
export async function liveInstruments(venue: LiveVenue): Promise<ReadonlyMap<string, ListedInstrument>> {
  const market = publicBybit({
    baseUrl: BYBIT_VENUES[venue],
    hooks: { admit: () => Promise.resolve(), report: () => undefined },
  });
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const [instruments, tickers] = await Promise.all([market.instruments({ signal }), market.tickers({ signal })]);
    return new Map(
      [...instruments].flatMap(([symbol, instrument]) => {
        const prices = tickers.get(symbol);
        return prices === undefined ? [] : [[symbol, { instrument, price: prices.last }]];
      }),
    );
  } finally {
    market.close();
  }
}
