import { parseOrderLinkId, type OrderRow } from '@backstop/core';
import { landAccount, listActive, noteOrphans, type Waiter } from '@backstop/store';
import type { DeskDeps } from './desk.ts';

/** A read that has begun: who flies it, and the start and epoch that it was given. */
export interface Flight {
  readonly flightId: string;
  readonly startMs: number;
  readonly epoch: number;
}

type FlightDeps = Pick<DeskDeps, 'redis' | 'installation' | 'exchangeOf' | 'receipts'>;

/** Reads a whole account, lands its rows and takes note of orphans; resolves with who waited for it. Rejects without a change. */
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
  await noteOrphans(deps.redis, account, await orphansAmong(orders, account, deps));
  return waiters;
}

/** Orders that carry our installation's id but belong to no active plan: candidates for the clean-up, never cancelled here. */
async function orphansAmong(
  orders: readonly OrderRow[],
  account: string,
  deps: FlightDeps,
): Promise<readonly OrderRow[]> {
  const ours = orders.filter(({ orderLinkId }) => parseOrderLinkId(orderLinkId)?.installation === deps.installation);
  if (ours.length === 0) return [];

  const active = new Set((await listActive(deps.redis, account)).map(({ monitorId }) => monitorId));
  return ours.filter(({ orderLinkId }) => !active.has(parseOrderLinkId(orderLinkId)?.planId ?? ''));
}
