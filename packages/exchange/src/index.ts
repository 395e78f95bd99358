export { bybit, type BybitAccount, type BybitOptions } from './bybit/bybit.ts';
export type { MarketData } from './bybit/market-reads.ts';
export { publicBybit, type PublicBybitOptions } from './bybit/public-bybit.ts';
export type { Carrier } from './bybit/wire.ts';
export { SocketPool } from './bybit/socket-pool.ts';
export { BYBIT_VENUES } from './bybit/venues.ts';
export type { Credentials } from './bybit/redact.ts';
export { openExchanges, type Exchanges, type ExchangesOptions } from './bybit/open-exchanges.ts';
