import type { Decimal } from './decimal.ts';
import { netQty } from './executed.ts';
import type { Snapshot } from './facts.ts';

/**
 * Whether executions and position tell the same story (S-19): what went in minus what went out is the position's size, and
 * the position row is no older than the newest execution. A flip counts with its absolute size, as `attribute` books it.
 * `stoodBefore` is what others held there before the plan, and have closed since (base coin).
 */
export function hasClosedBooks({ position, executed, executionsSeq }: Snapshot, stoodBefore: Decimal = 0n): boolean {
  if (netQty(executed) + stoodBefore !== (position?.size ?? 0n)) return false;
  return position === undefined || position.size === 0n || position.seq >= executionsSeq;
}
