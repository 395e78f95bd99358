import { fromJson, toJson, type OrderRow } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { ORDERS_TTL_MS } from './landings.ts';
import { slotOf, type MonitorRef } from './monitor-ref.ts';
import { runScript } from './redis.ts';

/** The ceiling on the age of a single-order look-up, ms, counted from its start. */
export const LOOKUP_TTL_MS = 30_000;

/** The exchange's answer about one order that is not working: a terminal row, or undefined = it does not know the id. */
export interface LookupAnswer {
  readonly order: OrderRow | undefined;
  /** Redis time when it was asked, ms. */
  readonly startMs: number;
}

/** Keeps an answer; `startMs` and `epoch` are those of the read (`CheckRead` has both) before which it was not asked. */
export async function putLookup(
  redis: Redis,
  ref: MonitorRef,
  orderLinkId: string,
  { order, startMs, epoch }: LookupAnswer & { readonly epoch: number },
): Promise<void> {
  const value = order === undefined ? '' : toJson(order);
  const key = accountKeys(ref.account).orderLookup(orderLinkId);
  await runScript(redis, 'put-lookup', [key], [startMs, epoch, value, LOOKUP_TTL_MS]);
}

/**
 * The answer about an order of this monitor; undefined = ask the exchange: there is none, the orders row holds the order (one
 * fact, one age), or its rows were written to since.
 */
export async function getLookup(redis: Redis, ref: MonitorRef, orderLinkId: string): Promise<LookupAnswer | undefined> {
  const keys = accountKeys(ref.account);
  const scriptKeys = [
    keys.orderLookup(orderLinkId),
    keys.ordersRow(ref.symbol, ref.positionIdx),
    keys.ordersListing,
    keys.dirty,
    keys.cacheStats,
    keys.stream,
  ];
  const inRow = `"orderLinkId":${toJson(orderLinkId)}`;
  const [startMs, text = ''] = await runScript<string[]>(redis, 'get-lookup', scriptKeys, [
    slotOf(ref),
    inRow,
    ORDERS_TTL_MS,
  ]);
  if (startMs === undefined) return undefined;
  return { order: text === '' ? undefined : fromJson<OrderRow>(text), startMs: Number(startMs) };
}
