import { Agent } from 'node:http';
import { RestClientV5 } from 'bybit-api';
import type { RestClientOptions } from 'bybit-api';
import { KEY, SECRET } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';

/** The vendor's REST client as it comes, pointed at the exchange (reference F.1). */
export function restClient({ url }: Exchange, options: RestClientOptions = {}, timeout = 10_000): RestClientV5 {
  const httpAgent = new Agent({ keepAlive: true });
  return new RestClientV5({ key: KEY, secret: SECRET, baseUrl: url, ...options }, { timeout, httpAgent, proxy: false });
}

/** What a call that has to fail failed with. */
export async function failureOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    return Object(error);
  }
  throw new Error('it did not fail');
}
