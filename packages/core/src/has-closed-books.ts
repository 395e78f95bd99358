import type { Decimal } from './decimal.ts';
import { isOwn, netQty } from './executed.ts';
import type { Snapshot } from './facts.ts';

/**
 * Whether executions and position tell the same story (S-19): what went in minus what went out is the position's size, and
 * the position row is no older than the newest execution. A flip counts with its absolute size, as `attribute` books it.
 * `stoodBefore` is what others held there before anything of ours executed (base coin): until then the books are open while they hold
 * it, so that nothing is entered, and closed when it is gone.
 */
export function hasClosedBooks({ position, executed, executionsSeq }: Snapshot, stoodBefore: Decimal = 0n): boolean {
  const size = position?.size ?? 0n;
  const net = netQty(executed);
  const addsUp = [...executed.keys()].some(isOwn)
    ? net + stoodBefore === size
    : net === size || (size === 0n && net < 0n);
  if (!addsUp) return false;
  return position === undefined || position.size === 0n || position.seq >= executionsSeq;
}
