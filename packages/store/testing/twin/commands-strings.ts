import { at, demand, sumOf, toInteger, type Run } from './command.ts';
import { entryOf, read, write, type MemoryStore } from './memory-store.ts';
import { OK, RedisError, type Reply } from './redis-reply.ts';

/** GET, SET with NX, XX, EX, PX, PXAT and KEEPTTL, and counters. */
export const stringCommands: Readonly<Record<string, Run>> = {
  GET: (store, args) => read(store, at(args, 0), 'string')?.text ?? null,
  SET: set,
  INCR: (store, args) => incrementBy(store, at(args, 0), '1'),
  INCRBY: (store, args) => incrementBy(store, at(args, 0), at(args, 1)),
};

function incrementBy(store: MemoryStore, key: string, change: string): Reply {
  const held = read(store, key, 'string');
  const text = sumOf(held?.text ?? '0', change);
  if (held === undefined) write(store, key, 'string', { text });
  else held.text = text;
  return Number(text);
}

function set(store: MemoryStore, args: readonly string[]): Reply {
  demand(args, 2);
  const key = at(args, 0);
  const { condition, lifetime, amount } = setOptions(args);
  const expiresAtMs = lifetime === undefined || lifetime === 'KEEPTTL' ? undefined : expiryOf(store, lifetime, amount);
  const held = entryOf(store, key);
  if (condition === (held === undefined ? 'XX' : 'NX')) return null;

  write(store, key, 'string', { text: at(args, 1) });
  const entry = entryOf(store, key);
  if (entry !== undefined) entry.expiresAtMs = lifetime === 'KEEPTTL' ? held?.expiresAtMs : expiresAtMs;
  return OK;
}

interface SetOptions {
  readonly condition?: string;
  readonly lifetime?: string;
  readonly amount: string;
}

/** Of each kind there may be one; `amounts` = how many words follow it. */
const OPTIONS = new Map<string, { readonly kind: 'condition' | 'lifetime'; readonly amounts: number }>([
  ['NX', { kind: 'condition', amounts: 0 }],
  ['XX', { kind: 'condition', amounts: 0 }],
  ['KEEPTTL', { kind: 'lifetime', amounts: 0 }],
  ['EX', { kind: 'lifetime', amounts: 1 }],
  ['PX', { kind: 'lifetime', amounts: 1 }],
  ['PXAT', { kind: 'lifetime', amounts: 1 }],
]);

function setOptions(args: readonly string[]): SetOptions {
  let options: SetOptions = { amount: '' };
  for (let place = 2; place < args.length; place += 1) {
    const name = at(args, place).toUpperCase();
    const option = OPTIONS.get(name);
    if (option === undefined || (options[option.kind] ?? name) !== name || place + option.amounts >= args.length)
      throw new RedisError('ERR syntax error');
    place += option.amounts;
    options = { ...options, [option.kind]: name, ...(option.amounts > 0 && { amount: at(args, place) }) };
  }
  return options;
}

function expiryOf(store: MemoryStore, lifetime: string, amount: string): number {
  const value = toInteger(amount);
  if (value <= 0) throw new RedisError(`ERR invalid expire time in 'set' command`);
  if (lifetime === 'PXAT') return value;
  return Math.floor(store.nowMs()) + (lifetime === 'EX' ? value * 1_000 : value);
}
