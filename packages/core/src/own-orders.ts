import type { OrderRow, Snapshot } from './facts.ts';
import { lastResult } from './last-result.ts';
import type { Leg, Plan } from './model.ts';
import { parseOrderLinkId } from './order-link-id.ts';

const ENDED: ReadonlySet<string> = new Set([
  'Filled',
  'Cancelled',
  'Rejected',
  'Deactivated',
  'PartiallyFilledCanceled',
]);

/** One working order of the plan, and which generation of its leg it is. */
export interface OwnOrder {
  readonly leg: Leg;
  readonly generation: number;
  readonly restoreEpoch: number;
  readonly row: OrderRow;
}

/** The rows of a snapshot by owner. */
export interface OrdersByOwner {
  /** Newest generation first, so the first of a leg is the one that counts and the rest are extras (F-20). */
  readonly own: readonly OwnOrder[];
  /** The one that counts, by leg. */
  readonly working: ReadonlyMap<Leg, OwnOrder>;
  /** The position's Full-mode stop (S-01); undefined = none is listed. */
  readonly stop: OrderRow | undefined;
  /** The position's trailing stop, once it is armed: before that no order stands for it (S-10). */
  readonly trailing: OrderRow | undefined;
  /** Everybody else's: never touched, but counted (S-24). */
  readonly foreign: readonly OrderRow[];
}

/** The position's Full-mode stop among the working rows (S-01). */
export function positionStop({ orders }: Snapshot): OrderRow | undefined {
  return orders.find((row) => isPositionStop(row) && row.stopOrderType === 'StopLoss' && !ENDED.has(row.status));
}

/**
 * Sorts the working rows by owner. Without `installation` the plan's id alone decides; plan ids are unique. The rows stay the same
 * array from check to check while the listing has not changed.
 */
export function ordersByOwner({ orders }: Snapshot, { id }: Plan, installation?: string): OrdersByOwner {
  return lastSorted(orders, [id, installation], () => sortByOwner(orders, id, installation));
}

const lastSorted = lastResult<OrdersByOwner>();

function sortByOwner(orders: readonly OrderRow[], planId: string, installation: string | undefined): OrdersByOwner {
  const own: OwnOrder[] = [];
  const foreign: OrderRow[] = [];
  let stop: OrderRow | undefined;
  let trailing: OrderRow | undefined;
  for (const row of orders) {
    if (ENDED.has(row.status)) continue;
    const order = ownOrder(row, planId, installation);
    if (order !== undefined) own.push(order);
    else if (!isPositionStop(row)) foreign.push(row);
    else if (row.stopOrderType === 'StopLoss') stop ??= row;
    else trailing ??= row;
  }
  own.sort(newestFirst);
  const working = new Map(own.toReversed().map((order) => [order.leg, order]));
  return { own, working, stop, trailing, foreign };
}

/** Rows stay the same objects from check to check while the listing has not changed: each is parsed once. */
const identities = new WeakMap<OrderRow, ReturnType<typeof parseOrderLinkId>>();

function identityOf(row: OrderRow): ReturnType<typeof parseOrderLinkId> {
  if (!identities.has(row)) identities.set(row, parseOrderLinkId(row.orderLinkId));
  return identities.get(row);
}

function ownOrder(row: OrderRow, planId: string, installation: string | undefined): OwnOrder | undefined {
  const identity = identityOf(row);
  if (identity === undefined || identity.planId !== planId) return undefined;
  if (installation !== undefined && identity.installation !== installation) return undefined;
  return { leg: identity.leg, generation: identity.generation, restoreEpoch: identity.restoreEpoch, row };
}

function newestFirst(a: OwnOrder, b: OwnOrder): number {
  return b.restoreEpoch - a.restoreEpoch || b.generation - a.generation;
}

/** Full mode only: rows of Partial stops are foreign (S-24). */
function isPositionStop({ orderLinkId, stopOrderType }: OrderRow): boolean {
  return orderLinkId === '' && (stopOrderType === 'StopLoss' || stopOrderType === 'TrailingStop');
}
