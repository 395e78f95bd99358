import type { SlidingLimit } from './share-of-allowed.ts';

/** Calls that the exchange takes from one address (reference B.1). */
export const EXCHANGE_LIMIT: SlidingLimit = { calls: 600, windowMs: 5_000 };
