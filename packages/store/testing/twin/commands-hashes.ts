import { at, demand, isInteger, sumOf, type Run } from './command.ts';
import { read, readOr, removeIfEmpty, type MemoryStore } from './memory-store.ts';
import { RedisError, type Reply } from './redis-reply.ts';

/** HGET and its like. HGETALL replies field, value, field, ... in the order in which the fields came. */
export const hashCommands: Readonly<Record<string, Run>> = {
  HGET: (store, args) => read(store, at(args, 0), 'hash')?.get(at(args, 1)) ?? null,
  HMGET: (store, args) => {
    demand(args, 2);
    const hash = read(store, at(args, 0), 'hash');
    const values: (string | null)[] = [];
    for (let place = 1; place < args.length; place += 1) values.push(hash?.get(at(args, place)) ?? null);
    return values;
  },
  HGETALL: (store, args) => {
    const pairs: string[] = [];
    for (const [field, value] of read(store, at(args, 0), 'hash') ?? []) pairs.push(field, value);
    return pairs;
  },
  HKEYS: (store, args) => [...(read(store, at(args, 0), 'hash')?.keys() ?? [])],
  HVALS: (store, args) => [...(read(store, at(args, 0), 'hash')?.values() ?? [])],
  HLEN: (store, args) => read(store, at(args, 0), 'hash')?.size ?? 0,
  HEXISTS: (store, args) => (read(store, at(args, 0), 'hash')?.has(at(args, 1)) === true ? 1 : 0),
  HSET: (store, args) => {
    demand(args, 3, 1);
    const hash = hashOf(store, at(args, 0));
    const before = hash.size;
    for (let place = 1; place < args.length; place += 2) hash.set(at(args, place), at(args, place + 1));
    return hash.size - before;
  },
  HSETNX: (store, args) => {
    demand(args, 3);
    const hash = hashOf(store, at(args, 0));
    if (hash.has(at(args, 1))) return 0;
    hash.set(at(args, 1), at(args, 2));
    return 1;
  },
  HINCRBY: incrementBy,
  HDEL: (store, args) => {
    demand(args, 2);
    const hash = read(store, at(args, 0), 'hash');
    if (hash === undefined) return 0;
    const before = hash.size;
    for (let place = 1; place < args.length; place += 1) hash.delete(at(args, place));
    removeIfEmpty(store, at(args, 0), hash.size);
    return before - hash.size;
  },
};

function incrementBy(store: MemoryStore, args: readonly string[]): Reply {
  demand(args, 3);
  const [key, field] = [at(args, 0), at(args, 1)];
  if (!isInteger(at(args, 2))) throw new RedisError('ERR value is not an integer or out of range');
  const held = read(store, key, 'hash')?.get(field) ?? '0';
  if (!isInteger(held)) throw new RedisError('ERR hash value is not an integer');
  const sum = sumOf(held, at(args, 2));
  hashOf(store, key).set(field, sum);
  return Number(sum);
}

function hashOf(store: MemoryStore, key: string): Map<string, string> {
  return readOr(store, key, 'hash', () => new Map());
}
