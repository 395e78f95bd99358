import { at, demand, toInteger, type Run } from './command.ts';
import { read, readOr, removeIfEmpty, type MemoryStore } from './memory-store.ts';
import { OK, type Reply } from './redis-reply.ts';

export const listAndSetCommands: Readonly<Record<string, Run>> = {
  LPUSH: (store, args) => {
    demand(args, 2);
    const list = readOr(store, at(args, 0), 'list', () => []);
    for (const value of args.slice(1)) list.unshift(value);
    return list.length;
  },
  RPUSH: (store, args) => {
    demand(args, 2);
    return readOr(store, at(args, 0), 'list', () => []).push(...args.slice(1));
  },
  LTRIM: (store, args) => {
    const [from, to] = range(args, read(store, at(args, 0), 'list')?.length ?? 0);
    const list = read(store, at(args, 0), 'list');
    if (list === undefined) return OK;
    list.splice(to);
    list.splice(0, from);
    removeIfEmpty(store, at(args, 0), list.length);
    return OK;
  },
  LRANGE: (store, args) => {
    const list = read(store, at(args, 0), 'list') ?? [];
    return list.slice(...range(args, list.length));
  },
  LLEN: (store, args) => read(store, at(args, 0), 'list')?.length ?? 0,
  SADD: (store, args) => {
    demand(args, 2);
    const set = readOr(store, at(args, 0), 'set', () => new Set());
    const before = set.size;
    for (const member of args.slice(1)) set.add(member);
    return set.size - before;
  },
  SREM: removeMembers,
  SMEMBERS: (store, args) => [...(read(store, at(args, 0), 'set') ?? [])],
  SISMEMBER: (store, args) => (read(store, at(args, 0), 'set')?.has(at(args, 1)) === true ? 1 : 0),
  SCARD: (store, args) => read(store, at(args, 0), 'set')?.size ?? 0,
};

/** First and last place of the arguments as [from, to): negative ones count from the end. */
export function range(args: readonly string[], size: number): [number, number] {
  const [first, last] = [toInteger(at(args, 1)), toInteger(at(args, 2))];
  const from = Math.max(first < 0 ? size + first : first, 0);
  const to = Math.min(last < 0 ? size + last : last, size - 1) + 1;
  return from >= to ? [0, 0] : [from, to];
}

function removeMembers(store: MemoryStore, args: readonly string[]): Reply {
  demand(args, 2);
  const set = read(store, at(args, 0), 'set');
  if (set === undefined) return 0;
  const before = set.size;
  for (const member of args.slice(1)) set.delete(member);
  removeIfEmpty(store, at(args, 0), set.size);
  return before - set.size;
}
