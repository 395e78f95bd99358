import type { Decimal } from './decimal.ts';
import type { OrderRow, PositionRow, Snapshot } from './facts.ts';
import { isTighter, opposite } from './level.ts';
import type { Plan } from './model.ts';
import { positionStop } from './own-orders.ts';

const TRIGGERED_COUNTS_FOR_MS = 1_000;

/**
 * Whether the position is covered (S-05): the position row names a stop that is no looser than the plan's, and an
 * Untriggered StopLoss order of the right direction and source stands at that level for at least the whole size. One that
 * is Triggered counts for a second. `missing` says what is not there, for people. `loosest` stands in for the plan's stop where
 * another one is wanted.
 */
export function protection(
  snapshot: Snapshot,
  plan: Plan,
  loosest: Decimal = plan.stopLoss.triggerPrice,
): 'flat' | 'protected' | { readonly missing: string } {
  const { position } = snapshot;
  if (position === undefined || position.size === 0n || position.side !== plan.side) return 'flat';

  const missing = missingPart(snapshot, plan, { position, loosest });
  return missing === undefined ? 'protected' : { missing };
}

function missingPart(
  snapshot: Snapshot,
  plan: Plan,
  { position, loosest }: { position: PositionRow; loosest: Decimal },
): string | undefined {
  const stop = positionStop(snapshot);
  if (position.stopLoss === undefined) return 'the position row names no stop';
  if (isTighter(plan.side, loosest, position.stopLoss)) {
    return loosest === plan.stopLoss.triggerPrice
      ? "the stop is looser than the plan's"
      : 'the stop is looser than wanted';
  }
  if (stop === undefined) return 'no stop order is listed';
  return (
    wrongInStop(stop, plan, position) ?? (isArmed(stop, snapshot.ordersAtMs) ? undefined : `the stop is ${stop.status}`)
  );
}

function wrongInStop(stop: OrderRow, plan: Plan, position: PositionRow): string | undefined {
  if (stop.side !== opposite(plan.side)) return 'the stop order points the wrong way';
  if (stop.triggerPrice !== position.stopLoss)
    return 'the stop order stands at another level than the position row says';
  if (stop.triggerBy !== plan.stopLoss.triggerBy) return 'the stop order has another trigger source';
  return stop.qty < position.size ? 'the stop order is smaller than the position' : undefined;
}

function isArmed({ status, updatedTimeMs }: OrderRow, ordersAtMs: number): boolean {
  return status === 'Untriggered' || (status === 'Triggered' && ordersAtMs - updatedTimeMs <= TRIGGERED_COUNTS_FOR_MS);
}
