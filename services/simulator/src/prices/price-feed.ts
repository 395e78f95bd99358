import type { PriceMove, PriceSource } from './price-source.ts';

/** The price sources that run; a symbol is moved by one of them at most. */
export interface PriceFeed {
  /** Starts a source; another one that moves one of its symbols ends. */
  start: (source: PriceSource) => void;
  /** Ends the sources of a kind, or all. */
  stop: (kind?: PriceSource['kind']) => void;
  /** Those that are not over. */
  running: () => readonly PriceSource[];
  nextAtMs: () => number | undefined;
  /** Hands over what is due by `nowMs`, in the order of the moments. */
  runDue: (nowMs: number, move: (move: PriceMove) => void) => void;
}

export function createPriceFeed(): PriceFeed {
  let sources: readonly PriceSource[] = [];
  const earliest = (): { source: PriceSource; atMs: number } | undefined => {
    let first: { source: PriceSource; atMs: number } | undefined;
    for (const source of sources) {
      const atMs = source.nextAtMs();
      if (atMs !== undefined && (first === undefined || atMs < first.atMs)) first = { source, atMs };
    }
    return first;
  };
  return {
    start: (source) => {
      sources = [...sources.filter((other) => source.symbols.isDisjointFrom(other.symbols)), source];
    },
    stop: (kind) => {
      sources = kind === undefined ? [] : sources.filter((source) => source.kind !== kind);
    },
    running: () => sources.filter((source) => source.nextAtMs() !== undefined),
    nextAtMs: () => earliest()?.atMs,
    runDue: (nowMs, move) => {
      for (let next = earliest(); next !== undefined && next.atMs <= nowMs; next = earliest()) {
        for (const to of next.source.step()) move(to);
      }
    },
  };
}
