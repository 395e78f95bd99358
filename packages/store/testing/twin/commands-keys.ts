import { at, demand, toInteger, type Run } from './command.ts';
import { entryOf, liveKeys, remove, type Kinds, type MemoryStore } from './memory-store.ts';
import { OK, RedisError, Status, type Reply } from './redis-reply.ts';

/** Commands about keys of any kind, and about the server. */
export const keyCommands: Readonly<Record<string, Run>> = {
  DEL: removeAll,
  UNLINK: removeAll,
  EXISTS: (store, args) => {
    demand(args, 1);
    return args.filter((key) => entryOf(store, key) !== undefined).length;
  },
  TYPE: (store, args) => new Status(entryOf(store, at(args, 0))?.kind ?? 'none'),
  PEXPIRE: (store, args) => expireAt(store, at(args, 0), Math.floor(store.nowMs()) + toInteger(at(args, 1))),
  EXPIRE: (store, args) => expireAt(store, at(args, 0), Math.floor(store.nowMs()) + toInteger(at(args, 1)) * 1_000),
  PEXPIREAT: (store, args) => expireAt(store, at(args, 0), toInteger(at(args, 1))),
  PERSIST: (store, args) => {
    const entry = entryOf(store, at(args, 0));
    if (entry?.expiresAtMs === undefined) return 0;
    entry.expiresAtMs = undefined;
    return 1;
  },
  PTTL: (store, args) => {
    const entry = entryOf(store, at(args, 0));
    if (entry === undefined) return -2;
    return entry.expiresAtMs === undefined ? -1 : Math.max(0, entry.expiresAtMs - Math.floor(store.nowMs()));
  },
  PEXPIRETIME: (store, args) => {
    const entry = entryOf(store, at(args, 0));
    return entry === undefined ? -2 : (entry.expiresAtMs ?? -1);
  },
  KEYS: (store, args) => liveKeys(store).filter(matches(at(args, 0))),
  SCAN: scan,
  DBSIZE: (store) => liveKeys(store).length,
  FLUSHALL: clear,
  FLUSHDB: clear,
  MEMORY: memory,
  TIME: ({ nowMs }) => {
    const ms = nowMs();
    const seconds = Math.floor(ms / 1_000);
    return [`${seconds}`, `${Math.floor((ms - seconds * 1_000) * 1_000)}`];
  },
  PING: () => new Status('PONG'),
  ECHO: (_store, args) => at(args, 0),
};

function removeAll(store: MemoryStore, args: readonly string[]): Reply {
  demand(args, 1);
  let removed = 0;
  for (const key of args) if (remove(store, key)) removed += 1;
  return removed;
}

function expireAt(store: MemoryStore, key: string, atMs: number): Reply {
  const entry = entryOf(store, key);
  if (entry === undefined) return 0;
  if (atMs <= store.nowMs()) remove(store, key);
  else entry.expiresAtMs = atMs;
  return 1;
}

/** Everything at once: the cursor is 0 already. */
function scan(store: MemoryStore, args: readonly string[]): Reply {
  demand(args, 1, 1);
  if (args[0] !== '0') throw new RedisError('ERR the twin of Redis gives all keys for cursor 0');
  let pattern = '*';
  for (let place = 1; place < args.length; place += 2) {
    const name = at(args, place).toUpperCase();
    if (name === 'MATCH') pattern = at(args, place + 1);
    else if (name !== 'COUNT') throw new RedisError('ERR syntax error');
  }
  return ['0', liveKeys(store).filter(matches(pattern))];
}

/** Redis's glob: `*`, `?`, `[...]`, and `\` before what stands for itself. */
function matches(pattern: string): (key: string) => boolean {
  const source = pattern.replaceAll(/\\(.)|\[\^?[^\]]*\]|[\s\S]/g, (part: string, escaped?: string) => {
    if (escaped !== undefined) return literal(escaped);
    if (part.length > 1) return part;
    if (part === '*') return '[\\s\\S]*';
    return part === '?' ? '[\\s\\S]' : literal(part);
  });
  const expression = new RegExp(`^${source}$`);
  return (key) => expression.test(key);
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
}

function clear(store: MemoryStore): Reply {
  store.entries.clear();
  return OK;
}

const BYTES_EACH = 64;

/** USAGE only: about what it takes, so that more takes more. */
function memory(store: MemoryStore, args: readonly string[]): Reply {
  if (at(args, 0).toUpperCase() !== 'USAGE') throw new RedisError('ERR unknown subcommand');
  const key = at(args, 1);
  const entry = entryOf(store, key);
  return entry === undefined ? null : BYTES_EACH + key.length + bytesOf(entry.value);
}

function bytesOf(value: Kinds[keyof Kinds]): number {
  if ('text' in value) return value.text.length;
  if ('byMember' in value) return textBytes([...value.byMember.keys()]);
  if ('entries' in value && 'last' in value) return textBytes(value.entries.flatMap(({ fields }) => fields));
  return textBytes(value instanceof Map ? [...value].flat() : [...value]);
}

function textBytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + BYTES_EACH / 4, 0);
}
