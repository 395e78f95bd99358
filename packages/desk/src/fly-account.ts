import { parseOrderLinkId, type OrderRow } from '@backstop/core';
import {
  landAccount,
  listActive,
  noteOrphans,
  noteUnattended,
  slotOf,
  type MonitorRef,
  type Waiter,
} from '@backstop/store';
import type { DeskDeps } from './desk.ts';

/** A read that has begun: who flies it, and the start and epoch that it was given. */
export interface Flight {
  readonly flightId: string;
  readonly startMs: number;
  readonly epoch: number;
}

type FlightDeps = Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts'>;

/**
 * Reads a whole account, lands its rows, and takes note of what no plan attends: orphans and positions. Resolves with who
 * waited for it. Rejects without a change.
 */
export async function flyAccount(
  { account, signal }: { readonly account: string; readonly signal: AbortSignal },
  flight: Flight,
  deps: FlightDeps,
): Promise<readonly Waiter[]> {
  const exchange = deps.exchangeOf(account);
  const [positions, active, conditional] = await Promise.all([
    exchange.positions({}, { signal }),
    exchange.openOrders({ filter: 'Order' }, { signal }),
    exchange.openOrders({ filter: 'StopOrder' }, { signal }),
  ]);
  const orders = [...active, ...conditional];
  const waiters = await landAccount(deps.redis, account, { ...flight, positions, orders });
  deps.receipts.landed(account, undefined, flight.startMs);
  const monitors = await listActive(deps.redis, account);
  await noteOrphans(deps.redis, account, orphansAmong(orders, monitors, deps));
  const attended = new Set(monitors.map(slotOf));
  const open = positions.filter((position) => position.size > 0n && !attended.has(slotOf(position)));
  await noteUnattended(deps.redis, account, { startMs: flight.startMs, positions: open, orders });
  return waiters;
}

/** Orders that carry our installation's id but belong to no active plan: candidates for the clean-up, never cancelled here. */
function orphansAmong(
  orders: readonly OrderRow[],
  monitors: readonly MonitorRef[],
  { installation }: FlightDeps,
): readonly OrderRow[] {
  const active = new Set(monitors.map(({ monitorId }) => monitorId));
  return orders.filter(({ orderLinkId }) => {
    const identity = parseOrderLinkId(orderLinkId);
    return identity?.installation === installation && !active.has(identity.planId);
  });
}
