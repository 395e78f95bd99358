import type { Engine } from '../engine/engine.ts';
import type { Account, Order, Position } from '../engine/model.ts';

interface Moment {
  readonly atMs: number;
  /** The account itself; one that has taken its name since has a past of its own. */
  readonly of: Account;
  readonly copy: Account;
}

/** The accounts as they were, for reads that lag behind. Costs a copy per change, so it starts only when wanted. */
export interface History {
  /** How far every private read is behind the streams. */
  readonly options: { readonly restLagMs: number };
  /** Puts every private read so far behind from now on. */
  lag: (restLagMs: number) => void;
  /** Keeps the past from now on, for `keepMs` at least. */
  start: (keepMs: number) => void;
  /** The account as of a moment, or as of the start for moments before it. */
  asOf: (account: Account, atMs: number) => Account;
}

export function createHistory({ venue, onEvent }: Engine): History {
  const moments = new Map<string, Moment[]>();
  const changed = new Set<string>();
  const options = { restLagMs: 0 };
  let isStarted = false;
  let keptMs = 0;

  const pastOf = (account: Account): Moment[] =>
    (moments.get(account.name) ?? []).filter((moment) => moment.of === account);
  const keep = (name: string): void => {
    const account = venue.accounts.get(name);
    if (account === undefined) return;
    const nowMs = venue.nowMs();
    const past = pastOf(account);
    if (past.length > 1 && past.at(-1)?.atMs === nowMs) past.pop();
    past.push({ atMs: nowMs, of: account, copy: copyOf(account) });
    const firstKept = past.findLastIndex(({ atMs }) => atMs < nowMs - keptMs);
    moments.set(name, past.slice(Math.max(0, firstKept)));
  };

  const start = (keepMs: number): void => {
    keptMs = Math.max(keptMs, keepMs);
    if (isStarted) return;
    isStarted = true;
    for (const name of venue.accounts.keys()) keep(name);
    onEvent((event) => {
      if ('account' in event) changed.add(event.account);
      if (event.type !== 'end') return;
      for (const name of changed) keep(name);
      changed.clear();
    });
  };

  return {
    options,
    lag: (restLagMs) => {
      options.restLagMs = restLagMs;
      if (restLagMs > 0) start(restLagMs);
    },
    start,
    asOf: (account, atMs) => {
      const past = pastOf(account);
      return (past.findLast((moment) => moment.atMs <= atMs) ?? past[0])?.copy ?? account;
    },
  };
}

/** A copy that no later command changes. Orders that have ended do not change, so these are not copied. */
function copyOf(account: Account): Account {
  const copies = new Map([...account.open].map((order) => [order.orderId, { ...order }]));
  const present = (order: Order): Order => copies.get(order.orderId) ?? order;
  return {
    ...account,
    modes: new Map(account.modes),
    leverages: new Map(account.leverages),
    shortLeverages: new Map(account.shortLeverages),
    positions: new Map([...account.positions].map(([key, position]) => [key, positionCopy(position, present)])),
    orders: new Map([...account.orders].map(([orderId, order]) => [orderId, present(order)])),
    open: new Set(copies.values()),
    byLinkId: new Map([...account.byLinkId].map(([linkId, order]) => [linkId, present(order)])),
    closedBuffer: new Set(account.closedBuffer),
    executions: [...account.executions],
    closedPnl: new Map([...account.closedPnl].map(([id, record]) => [id, copies.has(id) ? { ...record } : record])),
    transactions: [...account.transactions],
  };
}

function positionCopy(position: Position, present: (order: Order) => Order): Position {
  const { trailing } = position;
  return {
    ...position,
    stopLoss: position.stopLoss && present(position.stopLoss),
    takeProfit: position.takeProfit && present(position.takeProfit),
    trailing: trailing && { ...trailing, order: trailing.order && present(trailing.order) },
    orders: new Set([...position.orders].map(present)),
  };
}
