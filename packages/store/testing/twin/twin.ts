import type { Redis } from 'ioredis';
import { connection, type Gate } from './connection.ts';
import { liveKeys, entryOf, type MemoryStore } from './memory-store.ts';
import { dumpValue } from './dump-value.ts';

/** A Redis in memory, with a clock that is given. */
export interface Twin {
  /** A connection: what the store's functions take for a Redis. Commands that the twin does not know throw by name. */
  connect(gate?: Gate): Redis;
  /** FLUSHALL. */
  clear(): void;
  /** All live keys, sorted. */
  keys(): readonly string[];
  /** Everything, as plain values by key, with the expiry in ms where there is one. */
  dump(): Readonly<Record<string, Dumped>>;
}

/** What a key holds. `value` is text, or an array of texts, pairs or entries in the order of Redis. */
export interface Dumped {
  readonly kind: string;
  readonly value: unknown;
  readonly expiresAtMs?: number;
}

/**
 * Opens a twin of Redis for tests in virtual time: it runs the store's real scripts, translated to JavaScript. TIME and every
 * expiry go by `nowMs`. `rewrite` is applied to each script before it is compiled: control runs switch a rule off with it.
 * tests `twin-lua` and `twin-differential` compare it with a real Redis.
 */
export function openTwin(options: {
  readonly nowMs: () => number;
  readonly rewrite?: (source: string) => string;
}): Twin {
  const store: MemoryStore = { nowMs: options.nowMs, entries: new Map() };
  const scripts = new Map<string, string>();
  const server = { store, scripts, rewrite: options.rewrite ?? ((source: string) => source) };
  const keys = (): readonly string[] => liveKeys(store).toSorted();
  return {
    connect: (gate) => connection(server, gate),
    clear: () => store.entries.clear(),
    keys,
    dump: () =>
      Object.fromEntries(
        keys().flatMap((key) => {
          const entry = entryOf(store, key);
          return entry === undefined ? [] : [[key, dumped(entry)]];
        }),
      ),
  };
}

function dumped({ kind, value, expiresAtMs }: NonNullable<ReturnType<typeof entryOf>>): Dumped {
  return { kind, value: dumpValue(value), ...(expiresAtMs !== undefined && { expiresAtMs }) };
}
