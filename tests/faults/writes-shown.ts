import type { Snapshot } from '@backstop/core';
import type { HttpRequest } from '@backstop/simulator';
import type { TrueAccount, TrueOrder } from './fills.ts';

/** Whether a snapshot shows what a write came to. */
export type IsShown = (snapshot: Snapshot) => boolean;

type TruePosition = NonNullable<ReturnType<TrueAccount['positions']['get']>>;

/** One write of a request, as it is in the body. */
interface Item {
  readonly symbol?: string;
  readonly positionIdx?: number;
  readonly orderId?: string;
  readonly orderLinkId?: string;
}

/**
 * What a request has come to in this moment, by the exchange's truth: rows that frames have changed are as new as the write when
 * they hold each order of it as it was right after it, or as it has become since. What names no order that
 * there is cannot be shown: only a read tells of it.
 */
export function shownBy({ endpoint, body }: Pick<HttpRequest, 'endpoint' | 'body'>, account: TrueAccount): IsShown {
  const { request, ...single } = JSON.parse(body.toString()) as Item & { readonly request?: readonly Item[] };
  if (endpoint === 'position/trading-stop')
    return stopShown(account.positions.get(`${single.symbol}:${single.positionIdx ?? 0}`), account);
  const shown = (request ?? [single]).map((item) => orderShown(orderOf(item, account), account));
  return (snapshot) => shown.every((isShown) => isShown(snapshot));
}

function orderOf({ orderId, orderLinkId }: Item, { orders, byLinkId }: TrueAccount): TrueOrder | undefined {
  return orderId === undefined ? byLinkId.get(orderLinkId ?? '') : orders.get(orderId);
}

/** An order that is not listed has ended. What it executed at once comes in frames of its own, which may be lost (ADR 0017). */
function orderShown(order: TrueOrder | undefined, { open }: TrueAccount): IsShown {
  if (order === undefined) return () => false;
  const { orderId, updatedAtMs } = order;
  return ({ orders }) => {
    const row = orders.find((one) => one.orderId === orderId);
    return row === undefined ? !open.has(order) : row.updatedTimeMs >= updatedAtMs;
  };
}

/** A stop is in an order of its own, and in the position (S-03), whose sequence counts each change. */
function stopShown(position: TruePosition | undefined, account: TrueAccount): IsShown {
  const { stopLoss, seq = -1 } = position ?? {};
  const isOrderShown = orderShown(stopLoss, account);
  return (snapshot) => {
    const { position: held } = snapshot;
    const isMoved = held === undefined ? position?.size === 0n : held.seq >= seq;
    return isOrderShown(snapshot) && isMoved;
  };
}
