import type { Engine } from '../engine/engine.ts';
import type { Account } from '../engine/model.ts';
import type { VenueEvent } from '../engine/venue.ts';
import { createAccountPast } from './account-past.ts';
import type { AccountPast, Touched } from './account-past.ts';

/** The accounts as they were, for reads that lag behind. It starts only when wanted. */
export interface History {
  /** How far every private read is behind the streams. */
  readonly options: { readonly restLagMs: number };
  /** Puts every private read so far behind from now on. */
  lag: (restLagMs: number) => void;
  /** Keeps the past from now on, for `keepMs` at least. */
  start: (keepMs: number) => void;
  /**
   * The account as of a moment, or as of the start for moments before it. Good until the next call: what it returns moves
   * on with time.
   */
  asOf: (account: Account, atMs: number) => Account;
}

export function createHistory({ venue, onEvent }: Engine): History {
  const pasts = new Map<string, AccountPast>();
  const changed = new Map<string, Touched>();
  const options = { restLagMs: 0 };
  let isStarted = false;
  let keptMs = 0;
  let lookMs = venue.truth.forgotten.nextLookMs;

  /** An account that has taken the name of another one has a past of its own. */
  const pastOf = (account: Account): AccountPast | undefined => {
    const past = pasts.get(account.name);
    return past?.of === account ? past : undefined;
  };
  const note = (name: string, touched: Touched): void => {
    const account = venue.accounts.get(name);
    if (account === undefined) return;
    const past = pastOf(account);
    if (past === undefined) pasts.set(name, createAccountPast(account));
    else past.note(touched, venue.nowMs(), keptMs);
  };
  const finish = (): void => {
    for (const [name, touched] of changed) note(name, touched);
    changed.clear();
    const { nextLookMs } = venue.truth.forgotten;
    if (nextLookMs === lookMs) return;
    lookMs = nextLookMs;
    for (const past of pasts.values()) past.noteWhole(venue.nowMs());
  };

  const start = (keepMs: number): void => {
    keptMs = Math.max(keptMs, keepMs);
    if (isStarted) return;
    isStarted = true;
    for (const [name, account] of venue.accounts) pasts.set(name, createAccountPast(account));
    onEvent((event) => {
      if (event.type === 'end') finish();
      else if ('account' in event) touch(touchedOf(changed, event.account), event);
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
      const nowMs = venue.nowMs();
      return pastOf(account)?.before(nowMs - atMs, nowMs) ?? account;
    },
  };
}

function touchedOf(changed: Map<string, Touched>, name: string): Touched {
  const known = changed.get(name);
  if (known !== undefined) return known;
  const touched = { orders: new Set<string>(), symbols: new Set<string>() };
  changed.set(name, touched);
  return touched;
}

function touch({ orders, symbols }: Touched, event: VenueEvent): void {
  if (event.type === 'order') orders.add(event.order.orderId);
  if (event.type === 'execution') orders.add(event.execution.orderId);
  if (event.type === 'order') symbols.add(event.order.symbol);
  if (event.type === 'execution') symbols.add(event.execution.symbol);
  if (event.type === 'position') symbols.add(event.position.symbol);
}
