import type { Snapshot } from './facts.ts';

/** How long the listings may lag what was acknowledged. */
const LISTING_LAG_MS = 1_000;

/** Whether both listings were begun late enough to show everything that happened until `sinceMs`. */
export function isListedSince(sinceMs: number, { ordersAtMs, positionAtMs }: Snapshot): boolean {
  return Math.min(ordersAtMs, positionAtMs) >= sinceMs + LISTING_LAG_MS;
}
