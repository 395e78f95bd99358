import type { MonitorPicture } from './monitor-picture.ts';
import type { Row } from './read-check.ts';

/** What the cache holds of one kind of row for one account, as far as monitors stand on it. Ages in ms, from when they were last known to be so. */
export interface CachedRows {
  readonly account: string;
  readonly kind: 'positions' | 'orders';
  readonly rows: number;
  /** Positions that are open, or orders that work, in those rows. */
  readonly entries: number;
  readonly dirty: number;
  readonly expired: number;
  readonly missing: number;
  readonly youngestMs: number | undefined;
  readonly oldestMs: number | undefined;
}

/** Sizes and ages by account and kind, from monitors that were read: it asks Redis for nothing. */
export function cachedRows(monitors: readonly MonitorPicture[]): readonly CachedRows[] {
  const byAccount = Map.groupBy(monitors, ({ ref }) => ref.account);
  return [...byAccount].flatMap(([account, own]) => {
    const nowMs = Math.max(...own.map(({ read }) => read.nowMs));
    const positions = own.map(({ read }) => read.position);
    const orders = own.map(({ read }) => read.orders);
    return [
      { account, kind: 'positions', ...measure(positions, nowMs, (position) => (position === undefined ? 0 : 1)) },
      { account, kind: 'orders', ...measure(orders, nowMs, ({ length }) => length) },
    ];
  });
}

function measure<T>(
  rows: readonly Row<T>[],
  nowMs: number,
  sizeOf: (value: T) => number,
): Omit<CachedRows, 'account' | 'kind'> {
  const held = rows.filter((row) => row.kind === 'row');
  const ages = held.map(({ atMs }) => nowMs - atMs);
  return {
    rows: held.length,
    entries: held.reduce((sum, { value }) => sum + sizeOf(value), 0),
    dirty: held.filter(({ dirty }) => dirty).length,
    expired: rows.filter(({ kind }) => kind === 'expired').length,
    missing: rows.filter(({ kind }) => kind === 'missing').length,
    youngestMs: ages.length === 0 ? undefined : Math.min(...ages),
    oldestMs: ages.length === 0 ? undefined : Math.max(...ages),
  };
}
