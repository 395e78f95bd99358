import type { RequestHooks } from '@backstop/core';
import { bybit, type BybitAccount } from './bybit.ts';
import type { Credentials } from './redact.ts';
import type { Carrier, Courier } from './wire.ts';
import { SocketPool } from './socket-pool.ts';

export interface ExchangesOptions {
  readonly accounts: readonly (Credentials & { readonly name: string })[];
  readonly baseUrl: string;
  /** Sockets of all accounts together. */
  readonly maxSockets: number;
  readonly hooksOf: (account: string) => RequestHooks;
  /** Carries the bytes instead of HTTP, for simulated networks. */
  readonly carrier?: Carrier;
  /** The same without the SDK's HTTP library: several times as fast. */
  readonly courier?: Courier;
}

/** The accounts of a process over one bounded pool of sockets. */
export interface Exchanges extends Disposable {
  /** Throws RangeError for an account without credentials in this process. */
  readonly of: (account: string) => BybitAccount;
}

export function openExchanges(options: ExchangesOptions): Exchanges {
  const { accounts, baseUrl, maxSockets, hooksOf, carrier, courier } = options;
  const ways = { ...(carrier && { carrier }), ...(courier && { courier }) };
  const pool = new SocketPool({ maxSockets });
  const byName = new Map(
    accounts.map(({ name, apiKey, secret }) => {
      const credentials = { apiKey, secret };
      return [name, bybit({ account: name, credentials, baseUrl, pool, hooks: hooksOf(name), ...ways })] as const;
    }),
  );
  return {
    of: (account) => {
      const exchange = byName.get(account);
      if (exchange === undefined) throw new RangeError(`no credentials for the account ${account}`);
      return exchange;
    },
    [Symbol.dispose]: () => pool.close(),
  };
}
