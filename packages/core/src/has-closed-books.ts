import { netQty } from './executed.ts';
import type { Snapshot } from './facts.ts';

/**
 * Whether executions and position tell the same story (S-19): what went in minus what went out is the position's size, and
 * the position row is no older than the newest execution. A flip counts with its absolute size, as `attribute` books it.
 */
export function hasClosedBooks({ position, executed, executionsSeq }: Snapshot): boolean {
  if (netQty(executed) !== (position?.size ?? 0n)) return false;
  return position === undefined || position.size === 0n || position.seq >= executionsSeq;
}
