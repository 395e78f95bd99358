/** REST addresses by environment. A key belongs to exactly one of them; elsewhere it answers 10003 (reference A.1). */
export const BYBIT_VENUES = {
  mainnet: 'https://api.bybit.com',
  testnet: 'https://api-testnet.bybit.com',
  demo: 'https://api-demo.bybit.com',
} as const;
