import type { ClosedPnl } from '../engine/money/closed-pnl.ts';
import { positionKey } from '../engine/money/positions.ts';
import type { Transaction } from '../engine/money/transactions.ts';
import { hasEnded } from '../engine/model.ts';
import type { Account, Execution, Order, Position } from '../engine/model.ts';
import { accountCopy, listsOf, plainCopy, positionCopy } from './account-copy.ts';

/** What a command has changed of an account: orders by id, positions by symbol, closed profits by the order's id. */
export interface Touched {
  readonly orders: Set<string>;
  readonly symbols: Set<string>;
}

/** An account's rows as they were after a command, of what it had changed. */
interface Change {
  /** Without its lists, which are not those of then. */
  readonly plain: Account;
  readonly orders: readonly Order[];
  readonly positions: readonly Position[];
  readonly closedPnl: readonly ClosedPnl[];
  readonly executions: readonly Execution[];
  readonly transactions: readonly Transaction[];
}

interface Entry {
  readonly atMs: number;
  /** The whole account where something was taken out of it. */
  readonly change: Change | Account;
}

/** The account as of some moment; it only moves forward. */
interface Replica {
  account: Account;
  /** How many entries it has taken, since the beginning. */
  taken: number;
}

/** The past of one account as a journal of its changes: what a change costs does not grow with what was there before. */
export interface AccountPast {
  readonly of: Account;
  note: (touched: Touched, nowMs: number, keepMs: number) => void;
  /** Takes down that things were forgotten. */
  noteWhole: (nowMs: number) => void;
  /** The account as it was so long ago, or as of the oldest moment that is kept. */
  before: (lagMs: number, nowMs: number) => Account;
}

export function createAccountPast(of: Account): AccountPast {
  const entries: Entry[] = [];
  let dropped = 0;
  const oldest: Replica = { account: accountCopy(of), taken: 0 };
  const replicas = new Map<number, Replica>();
  const takeDown = changeTaker(of);

  const advance = (replica: Replica, toMs: number): Account => {
    for (let entry = entries[replica.taken - dropped]; entry !== undefined && entry.atMs <= toMs;) {
      if ('plain' in entry.change) apply(replica.account, entry.change);
      else replica.account = accountCopy(entry.change);
      replica.taken += 1;
      entry = entries[replica.taken - dropped];
    }
    return replica.account;
  };
  const dropBefore = (atMs: number): void => {
    advance(oldest, atMs);
    entries.splice(0, oldest.taken - dropped);
    dropped = oldest.taken;
    for (const [lagMs, { taken }] of replicas) if (taken < dropped) replicas.delete(lagMs);
  };

  return {
    of,
    note: (touched, nowMs, keepMs) => {
      entries.push({ atMs: nowMs, change: takeDown(touched) });
      dropBefore(nowMs - keepMs);
    },
    noteWhole: (nowMs) => void entries.push({ atMs: nowMs, change: accountCopy(of) }),
    before: (lagMs, nowMs) => {
      const replica = replicas.get(lagMs) ?? { account: accountCopy(oldest.account), taken: oldest.taken };
      replicas.set(lagMs, replica);
      return advance(replica, nowMs - lagMs);
    },
  };
}

/** Copies what each command has changed, and nothing else. */
function changeTaker(account: Account): (touched: Touched) => Change {
  const { executions, transactions } = account;
  /** The latest copies of the open orders. */
  const copies = new Map([...account.open].map((order) => [order.orderId, { ...order }]));
  const present = (order: Order): Order => copies.get(order.orderId) ?? order;
  let executed = executions.at(-1)?.number ?? 0;
  let booked = transactions.at(-1)?.number ?? 0;
  const copyOf = (orderId: string): readonly Order[] => {
    const order = account.orders.get(orderId);
    if (order === undefined) return [];
    if (account.open.has(order)) copies.set(orderId, { ...order });
    else copies.delete(orderId);
    return [present(order)];
  };
  return ({ orders, symbols }) => {
    const change = {
      plain: plainCopy(account),
      orders: [...orders].flatMap(copyOf).toSorted((a, b) => a.number - b.number),
      positions: positionsOf(account, symbols).map((position) => positionCopy(position, present)),
      closedPnl: [...orders]
        .flatMap((orderId) => account.closedPnl.get(orderId) ?? [])
        .map((record) => ({ ...record })),
      executions: since(executions, executed),
      transactions: since(transactions, booked),
    };
    executed = executions.at(-1)?.number ?? executed;
    booked = transactions.at(-1)?.number ?? booked;
    return change;
  };
}

function positionsOf({ positions }: Account, symbols: ReadonlySet<string>): readonly Position[] {
  return [...symbols].flatMap((symbol) =>
    ([0, 1, 2] as const).flatMap((index) => positions.get(positionKey(symbol, index)) ?? []),
  );
}

/** Those with a higher number, oldest first. */
function since<Row extends { readonly number: number }>(rows: readonly Row[], number: number): readonly Row[] {
  let from = rows.length;
  while (from > 0 && (rows[from - 1]?.number ?? 0) > number) from -= 1;
  return rows.slice(from);
}

function apply(account: Account, change: Change): void {
  Object.assign(account, change.plain, listsOf(account));
  for (const order of change.orders) putOrder(account, order);
  for (const position of change.positions) {
    account.positions.set(positionKey(position.symbol, position.positionIdx), position);
  }
  for (const record of change.closedPnl.toSorted((a, b) => a.number - b.number)) {
    if (!account.closedPnl.has(record.orderId)) account.closedPnlIds.push(record.orderId);
    account.closedPnl.set(record.orderId, record);
  }
  account.executions.push(...change.executions);
  account.transactions.push(...change.transactions);
}

function putOrder(account: Account, order: Order): void {
  const former = account.orders.get(order.orderId);
  if (former === undefined) account.orderIds.push(order.orderId);
  else account.open.delete(former);
  account.orders.set(order.orderId, order);
  if (order.orderLinkId !== '') account.byLinkId.set(order.orderLinkId, order);
  if (!hasEnded(order)) account.open.add(order);
}
