import ccxt from 'ccxt';
import { KEY, SECRET } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';

/** ccxt's exchange as it comes, REST and pro alike, pointed at the exchange (reference G.1). */
export function ccxtClient(
  { url }: Pick<Exchange, 'url'>,
  credentials: { apiKey?: string; secret?: string } = { apiKey: KEY, secret: SECRET },
): InstanceType<typeof ccxt.pro.bybit> {
  const client = new ccxt.pro.bybit({
    ...credentials,
    enableRateLimit: false,
    options: { fetchMarkets: { types: ['linear'] }, defaultType: 'swap' },
  });
  const socketUrl = url.replace('http', 'ws');
  const [open, inside] = [`${socketUrl}/v5/public`, `${socketUrl}/v5/private`];
  client.urls['api'] = {
    ...Object(client.urls['api']),
    ...Object.fromEntries(['spot', 'futures', 'v2', 'public', 'private'].map((name) => [name, url])),
    ws: {
      public: Object.fromEntries(['spot', 'linear', 'inverse', 'option'].map((name) => [name, `${open}/${name}`])),
      private: {
        spot: { unified: inside, nonUnified: inside },
        contract: inside,
        usdc: inside,
        trade: `${socketUrl}/v5/trade`,
      },
    },
  };
  return client;
}
