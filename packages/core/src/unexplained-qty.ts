import type { Decimal } from './decimal.ts';
import { netQty } from './executed.ts';
import type { Snapshot } from './facts.ts';

/** What the executions do not explain of the position's size, base coin; below 0 where they say that there should be more. */
export function unexplainedQty({ position, executed }: Snapshot): Decimal {
  return (position?.size ?? 0n) - netQty(executed);
}
