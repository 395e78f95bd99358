import type { Account, Order, Position } from '../engine/model.ts';

/** A copy that no later command changes. Orders that have ended do not change, so these are not copied. */
export function accountCopy(account: Account): Account {
  const copies = new Map([...account.open].map((order) => [order.orderId, { ...order }]));
  const present = (order: Order): Order => copies.get(order.orderId) ?? order;
  const records = [...account.closedPnl.values()].map((record) =>
    copies.has(record.orderId) ? { ...record } : record,
  );
  return {
    ...plainCopy(account),
    positions: new Map([...account.positions].map(([key, position]) => [key, positionCopy(position, present)])),
    orders: new Map([...account.orders].map(([orderId, order]) => [orderId, present(order)])),
    orderIds: [...account.orderIds],
    open: new Set(copies.values()),
    byLinkId: new Map([...account.byLinkId].map(([linkId, order]) => [linkId, present(order)])),
    executions: [...account.executions],
    closedPnl: new Map(records.map((record) => [record.orderId, record])),
    closedPnlIds: [...account.closedPnlIds],
    transactions: [...account.transactions],
  };
}

/** A copy with the live lists still in it; it costs nothing that grows with these, but for the latest 500 ended orders. */
export function plainCopy(account: Account): Account {
  return {
    ...account,
    modes: new Map(account.modes),
    leverages: new Map(account.leverages),
    shortLeverages: new Map(account.shortLeverages),
    closedBuffer: new Set(account.closedBuffer),
  };
}

/** What else an account consists of. */
export function listsOf(account: Account): Partial<Account> {
  const { positions, orders, orderIds, open, byLinkId, executions, closedPnl, closedPnlIds, transactions } = account;
  return { positions, orders, orderIds, open, byLinkId, executions, closedPnl, closedPnlIds, transactions };
}

/** A copy whose orders are those that `present` gives for the live ones. */
export function positionCopy(position: Position, present: (order: Order) => Order): Position {
  const { trailing } = position;
  return {
    ...position,
    stopLoss: position.stopLoss && present(position.stopLoss),
    takeProfit: position.takeProfit && present(position.takeProfit),
    trailing: trailing && { ...trailing, order: trailing.order && present(trailing.order) },
    orders: new Set([...position.orders].map(present)),
  };
}
