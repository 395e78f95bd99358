import { isEntry, isStop } from './executed.ts';
import type { View } from './view.ts';

/**
 * Whether the position was closed and opened again between two looks (S-23): by its opening time, or, where the exchange does
 * not tell that, by a stop and an entry that executed at once.
 */
export function reopened({ tpSl, position, fills, entered, hasClosedBooks }: View): 'by us' | 'by others' | undefined {
  if (position === undefined || !hasClosedBooks) return undefined;
  const { openTimeMs } = position;
  if (tpSl.openTimeMs === undefined || openTimeMs === undefined) {
    const by = [...fills.keys()];
    return by.some(isStop) && by.some(isEntry) ? 'by us' : undefined;
  }
  if (openTimeMs <= tpSl.openTimeMs) return undefined;
  return entered.qty > (tpSl.epochEntered ?? 0n) ? 'by us' : 'by others';
}
