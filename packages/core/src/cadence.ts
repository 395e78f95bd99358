import { abs } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { triggerPriceOf } from './level.ts';
import type { View } from './view.ts';

/** A lane that has nothing to do any more: its monitor is not due in it. */
export const NOT_DUE: number = Number.POSITIVE_INFINITY;

const SOONEST_MS = 250;
const CONFIRM_MS = 1_000;
const NEAR_MS = 5_000;
const QUIET_MS = 20_000;
/** Books that stay open are confirmed for so long, then only soon, then lazily. */
const OPEN_BOOKS_CONFIRM_FOR_MS = 10_000;
const OPEN_BOOKS_NEAR_FOR_MS = 60_000;
/** "Near" is within 0.3 % of the level. */
const NEAR_PER_MILLE = 3n;

/** What makes a monitor urgent beside its distance to the next level. */
export interface Urgency {
  /** Something was sent, or must be seen again to be believed. */
  readonly isConfirming: boolean;
  /** When held-back attempts may be made again, ms. */
  readonly retryAtMs: readonly number[];
  /** When something ends by the clock, ms. */
  readonly deadlinesMs: readonly number[];
  /** Whether the books must close before the lane can go on. */
  readonly awaitsBooks: boolean;
}

/**
 * When to look again at the latest, ms from now, in [250, 20000]: right after acting, soon near a level that can trigger,
 * by the clock where something ends, less and less often while the books stay open, else lazily. What cannot change soon is
 * never urgent (F-40).
 */
export function nextCheckInMs(view: View, urgency: Urgency): number {
  const waits = [
    urgency.isConfirming ? CONFIRM_MS : QUIET_MS,
    urgency.awaitsBooks ? openBooksWaitMs(view) : QUIET_MS,
    isNearLevel(view) ? NEAR_MS : QUIET_MS,
  ];
  const times = [...urgency.retryAtMs, ...urgency.deadlinesMs].map((atMs) => atMs - view.nowMs);
  return Math.max(SOONEST_MS, Math.min(...waits, ...times));
}

function openBooksWaitMs({ hasClosedBooks, tpSl: { openBooksSinceMs }, nowMs }: View): number {
  if (hasClosedBooks) return QUIET_MS;
  const openForMs = nowMs - (openBooksSinceMs ?? nowMs);
  if (openForMs < OPEN_BOOKS_CONFIRM_FOR_MS) return CONFIRM_MS;
  return openForMs < OPEN_BOOKS_NEAR_FOR_MS ? NEAR_MS : QUIET_MS;
}

function isNearLevel({ own, position, trailingRow, plan, prices }: View): boolean {
  if (prices === undefined) return false;
  const stop = position?.stopLoss;
  if (stop !== undefined && isNear(stop, triggerPriceOf(prices, plan.stopLoss.triggerBy))) return true;
  const trail = trailingRow?.triggerPrice ?? plan.trailingStop?.activePrice;
  const isReachedSoon = (level: Decimal | undefined): boolean =>
    level !== undefined && level > 0n && isNear(level, prices.last);
  return isReachedSoon(trail) || own.some(({ row }) => isReachedSoon(row.price));
}

function isNear(level: Decimal, price: Decimal): boolean {
  return abs(level - price) * 1_000n <= price * NEAR_PER_MILLE;
}
