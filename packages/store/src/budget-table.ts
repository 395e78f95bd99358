import type { BudgetLane, EndpointClass } from '@backstop/core';

/** Calls (batches: orders) per second that the exchange grants an account until a header says otherwise (reference B.2). */
export const CLASS_LIMITS: Readonly<Record<Exclude<EndpointClass, 'market'>, number>> = {
  'order-create': 10,
  'order-create-batch': 10,
  'order-amend': 10,
  'order-amend-batch': 10,
  'order-cancel': 10,
  'order-cancel-batch': 10,
  'trading-stop': 10,
  'position-list': 50,
  'order-realtime': 50,
  'order-history': 50,
  'execution-list': 50,
  'wallet-balance': 50,
  account: 5,
};

/** Our second is longer than the exchange's: a call granted here arrives there after a delay that varies. */
export const CLASS_WINDOW_MS = 1_100;

/** Requests of all accounts together, per egress address (reference B.1: 600 in 5 s). */
export const ADDRESS_LIMIT = 600;
export const ADDRESS_WINDOW_MS = 5_500;

/** Percentage of each limit that a lane leaves untouched, rounded up: what only more urgent lanes may use. */
export const LANE_LEAVES: Readonly<Record<BudgetLane, number>> = {
  protective: 0,
  'take-profit': 20,
  entry: 20,
  'clean-up': 50,
  audit: 50,
};

/**
 * The largest cost that a lane can ever be granted at once, by the table: the size to cut batches to. An account whose
 * limit the exchange reported lower can be granted less (`most` in a refusal).
 */
export function largestCost(endpoint: EndpointClass, lane: BudgetLane): number {
  const limit = endpoint === 'market' ? ADDRESS_LIMIT : CLASS_LIMITS[endpoint];
  return limit - Math.ceil((limit * LANE_LEAVES[lane]) / 100);
}
