import type { Account, Order } from '../model.ts';

/** Makes a stop and a take-profit that were set together one pair: who cancels one half cancels both (reference C.14). */
export function couple(orders: readonly Order[]): void {
  const [first, second] = orders;
  if (first === undefined || second === undefined) return;
  first.pairOrderId = second.orderId;
  second.pairOrderId = first.orderId;
}

/** An edit of one half alone breaks the pair (reference C.16). */
export function uncouple(account: Account, order: Order): void {
  const pair = pairOf(account, order);
  if (pair?.pairOrderId === order.orderId) pair.pairOrderId = undefined;
  order.pairOrderId = undefined;
}

export function pairOf(account: Account, { pairOrderId }: Order): Order | undefined {
  return pairOrderId === undefined ? undefined : account.orders.get(pairOrderId);
}
