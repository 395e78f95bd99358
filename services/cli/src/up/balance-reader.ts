import type { RequestHooks } from '@backstop/core';
import { openExchanges } from '@backstop/exchange';
import type { Balance, Credentials, ReadBalances } from '@backstop/intake';
import { waitForBudget } from '@backstop/store';
import type { Redis } from '@backstop/store';

export interface BalanceSource {
  readonly accounts: readonly Credentials[];
  readonly exchangeUrl: string;
  /** Where the services that run share the call budget; undefined = none runs yet. */
  readonly redis?: Redis;
}

const LIMIT_MS = 10_000;
const BUDGET_MS = 5_000;
const SOCKETS = 4;

/** Reads equities from the exchange, all at once: of an account whose key is missing or refused, why it cannot be read. */
export function balanceReader({ accounts, exchangeUrl, redis }: BalanceSource): ReadBalances {
  const hooksOf = (account: string): RequestHooks => hooks(account, redis);
  return async (names) => {
    using exchanges = openExchanges({ accounts, baseUrl: exchangeUrl, maxSockets: SOCKETS, hooksOf });
    const signal = AbortSignal.timeout(LIMIT_MS);
    const read = async (name: string): Promise<readonly [string, Balance]> => {
      try {
        return [name, { equity: await exchanges.of(name).equity({ signal }) }];
      } catch (error) {
        return [name, { problem: error instanceof Error ? error.message : 'no answer' }];
      }
    };
    return new Map(await Promise.all(names.map(read)));
  };
}

function hooks(account: string, redis: Redis | undefined): RequestHooks {
  return {
    admit: async (endpoint, cost, signal) => {
      if (redis === undefined) return;
      await waitForBudget(redis, { account, endpoint, cost, lane: 'entry' }, { signal, maxWaitMs: BUDGET_MS });
    },
    report: () => undefined,
  };
}
