import type { Check } from './reading.ts';

/** How long checks of a lane have waited for frames in this process, one after the other, so that no lane waits for ever. */
export interface Patience {
  /** Since the first of them, ms; the first one itself has waited 0. `nowMs` is Redis time. */
  readonly waitedMs: (check: Pick<Check, 'ref' | 'lane'>, nowMs: number) => number;
  /** The lane has its facts: the next wait is a first one. */
  readonly end: (check: Pick<Check, 'ref' | 'lane'>) => void;
}

/** A wait that is this old has ended elsewhere, ms. */
const FORGOTTEN_MS = 5_000;

export function openPatience(): Patience {
  const sinceMs = new Map<string, number>();
  return {
    waitedMs: (check, nowMs) => {
      const key = keyOf(check);
      for (const [other, atMs] of sinceMs) {
        if (nowMs - atMs <= FORGOTTEN_MS) break; // in the order in which they began to wait
        sinceMs.delete(other);
      }
      const firstMs = sinceMs.get(key) ?? Number.NEGATIVE_INFINITY;
      if (nowMs - firstMs <= FORGOTTEN_MS) return nowMs - firstMs;
      sinceMs.set(key, nowMs);
      return 0;
    },
    end: (check) => {
      if (sinceMs.size > 0) sinceMs.delete(keyOf(check));
    },
  };
}

function keyOf({ ref, lane }: Pick<Check, 'ref' | 'lane'>): string {
  return `${ref.monitorId}|${lane}`;
}
