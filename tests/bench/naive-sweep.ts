import type { Exchange } from '@backstop/core';
import { openExchanges } from '@backstop/exchange';
import { readAccountsFile } from '@backstop/intake';

/** As many checks at once as two workers of the default make. */
const CONCURRENCY = 40;
const MONITORS_PER_ACCOUNT = [14, 16];

/**
 * What a bot without a cache does, and the predecessor did: every monitor lists its account's positions and orders for itself.
 * Returns ms and requests for one sweep of the same 30 monitors over the same client.
 */
export async function naiveSweep(exchangeUrl: string, accountsFile: string): Promise<{ ms: number; calls: number }> {
  let calls = 0;
  const { accounts: credentials } = readAccountsFile(accountsFile);
  const hooks = { admit: async () => {}, report: () => void (calls += 1) };
  using exchanges = openExchanges({
    accounts: credentials,
    baseUrl: exchangeUrl,
    maxSockets: CONCURRENCY * 3,
    hooksOf: () => hooks,
  });
  const monitors = credentials.flatMap(({ name }, at) =>
    Array.from({ length: MONITORS_PER_ACCOUNT[at] ?? 0 }, () => name),
  );

  const startedMs = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let account = monitors[next++]; account !== undefined; account = monitors[next++]) {
      await listEverything(exchanges.of(account));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return { ms: Math.round(performance.now() - startedMs), calls };
}

async function listEverything(exchange: Exchange): Promise<void> {
  const options = { signal: AbortSignal.timeout(30_000) };
  await exchange.positions({}, options);
  await Promise.all([
    exchange.openOrders({ filter: 'Order' }, options),
    exchange.openOrders({ filter: 'StopOrder' }, options),
  ]);
}
