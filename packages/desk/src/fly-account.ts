import { parseOrderLinkId, type OrderRow } from '@backstop/core';
import {
  landAudit,
  listActive,
  noteOrphans,
  noteUnattended,
  slotOf,
  type Landed,
  type MonitorRef,
} from '@backstop/store';
import type { DeskDeps } from './desk.ts';
import type { Flight } from './take-off.ts';

type FlightDeps = Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts'>;

interface Whole {
  readonly account: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a whole account, lands its rows, and takes note of what no plan attends: orphans and positions. Resolves with who
 * waited for it, and with where the cache had something else. Rejects without a change of any row.
 */
export async function flyAccount({ account, signal }: Whole, flight: Flight, deps: FlightDeps): Promise<Landed> {
  const exchange = deps.exchangeOf(account);
  const [positions, active, conditional] = await Promise.all([
    exchange.positions({}, { signal }),
    exchange.openOrders({ filter: 'Order' }, { signal }),
    exchange.openOrders({ filter: 'StopOrder' }, { signal }),
  ]);
  const orders = [...active, ...conditional];
  const monitors = await listActive(deps.redis, account);
  const attended = new Set(monitors.map(slotOf));
  const open = positions.filter((position) => position.size > 0n && !attended.has(slotOf(position)));
  await Promise.all([
    noteOrphans(deps.redis, account, orphansAmong(orders, monitors, deps)),
    noteUnattended(deps.redis, account, { startMs: flight.startMs, positions: open, orders }),
  ]);
  // Last: who waits for the rows is told by whoever ends the flight, and that has to be the one who knows of them.
  const landed = await landAudit(deps.redis, account, { ...flight, positions, orders, places: monitors });
  deps.receipts.landed(account, undefined, flight.startMs);
  return landed;
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
