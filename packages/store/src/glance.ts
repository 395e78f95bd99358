import type { OrderRow, PositionRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import type { MonitorRef } from './monitor-ref.ts';
import { listActive } from './plans.ts';
import { remembered } from './remembered.ts';

/** What is stored at the place of a monitor. Flat, no orders and never read look the same. */
export interface Glance {
  readonly ref: MonitorRef;
  readonly position: PositionRow | undefined;
  readonly orders: readonly OrderRow[];
}

/**
 * The rows that are stored at the places of an account's active monitors, without a judgement of their age, and without what a
 * newer listing says: to choose cheaply which monitors a `peekCheck` is worth for. Where it shows nothing, a peek shows a flat
 * place without orders, or an unknown one. `orders: false` leaves the orders unread.
 */
export async function glance(
  redis: Redis,
  account: string,
  { orders: withOrders }: { readonly orders: boolean },
): Promise<readonly Glance[]> {
  const keys = accountKeys(account);
  const refs = await listActive(redis, account);
  return Promise.all(
    refs.map(async (ref) => {
      const { symbol, positionIdx } = ref;
      const [position, orders] = await Promise.all([
        redis.hget(keys.positionRow(symbol, positionIdx), 'value'),
        withOrders ? redis.hget(keys.ordersRow(symbol, positionIdx), 'value') : '',
      ]);
      return {
        ref,
        position: position ? remembered<PositionRow>(position) : undefined,
        orders: orders ? remembered<readonly OrderRow[]>(orders) : [],
      };
    }),
  );
}
