/**
 * What this process itself has put into the cache, so that a decision on something older is noticed: stale = a row that
 * was received before the read, with a newer version than the one read (DESIGN section 4). It must never happen.
 */
export interface Receipts {
  /** A complete read begun at `startMs` (Redis time) landed: for one symbol, or with `undefined` for the whole account. */
  readonly landed: (account: string, symbol: string | undefined, startMs: number) => void;
  /** The oldest `startMs` that a read from now on may show for this symbol. */
  readonly newest: (account: string, symbol: string) => number;
  /** A listing of the whole account held a row that could not be read: for 15 s it is read symbol by symbol. */
  readonly unreadable: (account: string) => void;
  readonly isUnreadable: (account: string) => boolean;
}

const UNREADABLE_MS = 15_000;

export function openReceipts(): Receipts {
  const newest = new Map<string, number>();
  const unreadableUntilMs = new Map<string, number>();
  const raise = (key: string, startMs: number): void => {
    newest.set(key, Math.max(newest.get(key) ?? 0, startMs));
  };
  return {
    landed: (account, symbol, startMs) => raise(symbol === undefined ? account : `${account}|${symbol}`, startMs),
    unreadable: (account) => void unreadableUntilMs.set(account, performance.now() + UNREADABLE_MS),
    isUnreadable: (account) => performance.now() < (unreadableUntilMs.get(account) ?? 0),
    newest: (account, symbol) => Math.max(newest.get(account) ?? 0, newest.get(`${account}|${symbol}`) ?? 0),
  };
}
