import type { Engine } from '../engine/engine.ts';
import type { Account, Order, Position } from '../engine/model.ts';

/** How long the past is kept. */
const KEPT_MS = 60_000;

interface Moment {
  readonly atMs: number;
  readonly account: Account;
}

/** The accounts as they were, for reads that lag behind. Costs a copy per change, so it starts only when wanted. */
export interface History {
  start: () => void;
  /** The account as of a moment, or as of the start for moments before it. */
  asOf: (account: Account, atMs: number) => Account;
}

export function createHistory({ venue, onEvent }: Engine): History {
  const moments = new Map<string, Moment[]>();
  const changed = new Set<string>();
  let isStarted = false;

  const keep = (name: string): void => {
    const account = venue.accounts.get(name);
    if (account === undefined) return;
    const past = moments.get(name) ?? [];
    past.push({ atMs: venue.nowMs(), account: copyOf(account) });
    const firstKept = past.findLastIndex(({ atMs }) => atMs < venue.nowMs() - KEPT_MS);
    moments.set(name, past.slice(Math.max(0, firstKept)));
  };

  const start = (): void => {
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
    start,
    asOf: (account, atMs) => {
      const past = moments.get(account.name) ?? [];
      return (past.findLast((moment) => moment.atMs <= atMs) ?? past[0])?.account ?? account;
    },
  };
}

function copyOf(account: Account): Account {
  const copies = new Map([...account.orders].map(([orderId, order]) => [orderId, { ...order }]));
  const copy = (order: Order | undefined): Order | undefined => order && copies.get(order.orderId);
  const present = (order: Order): Order => copies.get(order.orderId) ?? order;
  return {
    ...account,
    positions: new Map([...account.positions].map(([key, position]) => [key, positionCopy(position, copy)])),
    orders: copies,
    open: new Set([...account.open].map(present)),
    byLinkId: new Map([...account.byLinkId].map(([linkId, order]) => [linkId, present(order)])),
    executions: [...account.executions],
  };
}

function positionCopy(position: Position, copy: (order: Order | undefined) => Order | undefined): Position {
  const { trailing } = position;
  return {
    ...position,
    stopLoss: copy(position.stopLoss),
    takeProfit: copy(position.takeProfit),
    trailing: trailing && { ...trailing, order: copy(trailing.order) },
  };
}
