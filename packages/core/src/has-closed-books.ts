import type { Decimal } from './decimal.ts';
import { isOwn, netQty } from './executed.ts';
import type { Snapshot } from './facts.ts';

/**
 * Whether executions and position tell the same story (S-19): what went in minus what went out is the position's size, and
 * the position row is no older than the newest execution. A flip counts with its absolute size, as `attribute` books it.
 * `stoodBefore` is what others held there before anything of ours executed (base coin): until then the books are open while they hold
 * it, so that nothing is entered (S-20), though what they traded since may come to the same size, and closed when it is gone.
 */
export function hasClosedBooks({ position, executed, executionsSeq }: Snapshot, stoodBefore: Decimal = 0n): boolean {
  const net = netQty(executed);
  const isOurs = [...executed.keys()].some(isOwn);
  if (position === undefined || position.size === 0n) return isOurs ? net + stoodBefore === 0n : net <= 0n;
  const addsUp = isOurs ? net + stoodBefore === position.size : net === position.size && stoodBefore === 0n;
  return addsUp && position.seq >= executionsSeq;
}
