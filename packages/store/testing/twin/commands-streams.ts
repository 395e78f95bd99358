import { at, demand, toInteger, type Run } from './command.ts';
import { read, readOr } from './memory-store.ts';
import { RedisError } from './redis-reply.ts';
import { compareIds, newStream, parseId, placeOfId, printId, type Stream, type StreamId } from './stream.ts';

export const streamCommands: Readonly<Record<string, Run>> = {
  XADD: (store, args) => {
    demand(args, 4, 2);
    const stream = read(store, at(args, 0), 'stream');
    const id = nextId(stream ?? newStream(), at(args, 1), Math.floor(store.nowMs()));
    const own = stream ?? readOr(store, at(args, 0), 'stream', newStream);
    own.entries.push({ ...id, fields: args.slice(2) });
    own.last = id;
    return printId(id);
  },
  XLEN: (store, args) => read(store, at(args, 0), 'stream')?.entries.length ?? 0,
  XRANGE: (store, args) => {
    const stream = read(store, at(args, 0), 'stream');
    const [from, to] = [bound(at(args, 1), 0), bound(at(args, 2), Infinity)];
    const count = args[3] === undefined ? Infinity : countOf(args);
    if (count === 0 && stream !== undefined) return null;
    const found = (stream?.entries ?? []).filter((entry) => isAfter(entry, from, 1) && isAfter(entry, to, -1));
    return found.slice(0, count).map((entry) => [printId(entry), entry.fields]);
  },
  XDEL: (store, args) => {
    demand(args, 2);
    const stream = read(store, at(args, 0), 'stream');
    return args.slice(1).filter((text) => stream !== undefined && removeEntry(stream, parseId(text, 0))).length;
  },
  XTRIM: (store, args) => {
    const stream = read(store, at(args, 0), 'stream');
    const [how, exactly, last] = [at(args, 1).toUpperCase(), at(args, 2), at(args, args.length - 1)];
    if (how !== 'MINID' || args.length > 4 || exactly === '~')
      throw new RedisError('ERR the twin of Redis trims by MINID only');
    return stream?.entries.splice(0, placeOfId(stream, parseId(last, 0))).length ?? 0;
  },
};

/** `*` = by the clock, never before the last; `ms-*` = the next of that millisecond; else the id itself. */
function nextId({ last }: Stream, text: string, nowMs: number): StreamId {
  const open = text === '*' ? Math.max(nowMs, last.ms) : /^\d+-\*$/.test(text) ? Number(text.slice(0, -2)) : undefined;
  const id = open === undefined ? parseId(text, 0) : { ms: open, seq: open === last.ms ? last.seq + 1 : 0 };
  if (compareIds(id, last) <= 0)
    throw new RedisError('ERR The ID specified in XADD is equal or smaller than the target stream top item');
  return id;
}

interface Bound extends StreamId {
  readonly isOpen: boolean;
}

function bound(text: string, seqWithout: number): Bound {
  if (text === '-') return { ms: 0, seq: 0, isOpen: false };
  if (text === '+') return { ms: Infinity, seq: Infinity, isOpen: false };
  const isOpen = text.startsWith('(');
  return { ...parseId(isOpen ? text.slice(1) : text, seqWithout), isOpen };
}

function isAfter(id: StreamId, { isOpen, ...bounding }: Bound, direction: 1 | -1): boolean {
  const order = compareIds(id, bounding) * direction;
  return isOpen ? order > 0 : order >= 0;
}

function countOf(args: readonly string[]): number {
  if (at(args, 3).toUpperCase() !== 'COUNT') throw new RedisError('ERR syntax error');
  return Math.max(toInteger(at(args, 4)), 0);
}

function removeEntry(stream: Stream, id: StreamId): boolean {
  const place = placeOfId(stream, id);
  const entry = stream.entries[place];
  if (entry === undefined || compareIds(entry, id) !== 0) return false;
  stream.entries.splice(place, 1);
  return true;
}
