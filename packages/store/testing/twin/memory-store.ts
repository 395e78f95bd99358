import { RedisError } from './redis-reply.ts';
import type { SortedSet } from './sorted-set.ts';
import type { Stream } from './stream.ts';

/** What a key may hold, by the name that TYPE gives it. */
export interface Kinds {
  readonly string: { text: string };
  readonly hash: Map<string, string>;
  readonly set: Set<string>;
  readonly list: string[];
  readonly zset: SortedSet;
  readonly stream: Stream;
}

interface Entry {
  readonly kind: keyof Kinds;
  readonly value: Kinds[keyof Kinds];
  /** By the store's clock; undefined = never. */
  expiresAtMs: number | undefined;
}

/** The keys of one Redis, and the clock by which they expire. */
export interface MemoryStore {
  readonly nowMs: () => number;
  readonly entries: Map<string, Entry>;
}

/** What a key holds at this moment, whatever it is: one whose time has passed is gone. */
export function entryOf(store: MemoryStore, key: string): Entry | undefined {
  const entry = store.entries.get(key);
  if (entry?.expiresAtMs === undefined || Math.floor(store.nowMs()) <= entry.expiresAtMs) return entry;
  store.entries.delete(key);
  return undefined;
}

/** What a key of this kind holds; undefined = there is no such key. Throws where it is of another kind. */
export function read<K extends keyof Kinds>(store: MemoryStore, key: string, kind: K): Kinds[K] | undefined {
  const entry = entryOf(store, key);
  if (entry === undefined) return undefined;
  if (entry.kind !== kind) throw new RedisError('WRONGTYPE Operation against a key holding the wrong kind of value');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `write` puts a value of its kind there, and nobody else writes
  return entry.value as Kinds[K];
}

/** The same, and `empty` is put there where there is no such key. */
export function readOr<K extends keyof Kinds>(
  store: MemoryStore,
  key: string,
  kind: K,
  empty: () => Kinds[K],
): Kinds[K] {
  const held = read(store, key, kind);
  if (held !== undefined) return held;
  const value = empty();
  write(store, key, kind, value);
  return value;
}

/** Puts a value in place of whatever was there; it does not expire. */
export function write<K extends keyof Kinds>(store: MemoryStore, key: string, kind: K, value: Kinds[K]): void {
  store.entries.set(key, { kind, value, expiresAtMs: undefined });
}

/** Removes a key. Tells whether it was there. */
export function remove(store: MemoryStore, key: string): boolean {
  return entryOf(store, key) !== undefined && store.entries.delete(key);
}

/** Collections that have become empty are gone (streams are not: they are never given to this). */
export function removeIfEmpty(store: MemoryStore, key: string, size: number): void {
  if (size === 0) store.entries.delete(key);
}

/** The keys that are there at this moment. */
export function liveKeys(store: MemoryStore): readonly string[] {
  return [...store.entries.keys()].filter((key) => entryOf(store, key) !== undefined);
}
