import { at, demand, toInteger, type Run } from './command.ts';
import { range } from './commands-lists-and-sets.ts';
import { parseNumber, numberToArg } from './lua-numbers.ts';
import { read, readOr, removeIfEmpty, type MemoryStore } from './memory-store.ts';
import { RedisError, type Reply } from './redis-reply.ts';
import { newSortedSet, placesOf, putScore, removeMember, type ScoreBound, type Scored } from './sorted-set.ts';

export const sortedSetCommands: Readonly<Record<string, Run>> = {
  ZADD: add,
  ZREM: (store, args) => {
    demand(args, 2);
    const set = read(store, at(args, 0), 'zset');
    if (set === undefined) return 0;
    const removed = args.slice(1).filter((member) => removeMember(set, member)).length;
    removeIfEmpty(store, at(args, 0), set.byMember.size);
    return removed;
  },
  ZSCORE: (store, args) => {
    const scored = read(store, at(args, 0), 'zset')?.byMember.get(at(args, 1));
    return scored === undefined ? null : numberToArg(scored.score);
  },
  ZCARD: (store, args) => read(store, at(args, 0), 'zset')?.byMember.size ?? 0,
  ZCOUNT: (store, args) => {
    const [least, most] = [bound(at(args, 1)), bound(at(args, 2))];
    const set = read(store, at(args, 0), 'zset');
    if (set === undefined) return 0;
    const [from, to] = placesOf(set, least, most);
    return to - from;
  },
  ZRANGE: (store, args) => {
    const isScored = hasScores(args.slice(3));
    const all = read(store, at(args, 0), 'zset')?.ordered ?? [];
    return told(all.slice(...range(args, all.length)), isScored);
  },
  ZRANGEBYSCORE: byScore,
  ZREMRANGEBYSCORE: (store, args) => {
    const [least, most] = [bound(at(args, 1)), bound(at(args, 2))];
    const set = read(store, at(args, 0), 'zset');
    if (set === undefined) return 0;
    const [from, to] = placesOf(set, least, most);
    const removed = set.ordered.splice(from, to - from);
    for (const { member } of removed) set.byMember.delete(member);
    removeIfEmpty(store, at(args, 0), set.byMember.size);
    return removed.length;
  },
};

const FLAGS = new Set(['NX', 'XX', 'LT', 'GT', 'CH']);

function add(store: MemoryStore, args: readonly string[]): Reply {
  const flags = flagsOf(args);
  const place = 1 + flags.size;
  demand(args, place + 2, place);
  const scored = scoredOf(args, place);

  const key = at(args, 0);
  if (flags.has('XX') && read(store, key, 'zset') === undefined) return 0;
  const set = readOr(store, key, 'zset', newSortedSet);
  let [added, changed] = [0, 0];
  for (const { member, score } of scored) {
    const held = set.byMember.get(member)?.score;
    if (!isWanted(flags, held, score)) continue;
    if (held === undefined) added += 1;
    else if (held !== score) changed += 1;
    putScore(set, member, score);
  }
  return flags.has('CH') ? added + changed : added;
}

const NO_FLAGS: ReadonlySet<string> = new Set();

function flagsOf(args: readonly string[]): ReadonlySet<string> {
  if (!FLAGS.has(at(args, 1).toUpperCase())) return NO_FLAGS;
  const end = args.findIndex((text, place) => place > 0 && !FLAGS.has(text.toUpperCase()));
  const flags = new Set(args.slice(1, end < 0 ? undefined : end).map((text) => text.toUpperCase()));
  const [isNx, isGt, isLt] = [flags.has('NX'), flags.has('GT'), flags.has('LT')];
  if (isNx && flags.has('XX')) throw new RedisError('ERR XX and NX options at the same time are not compatible');
  if ((isNx && (isGt || isLt)) || (isGt && isLt))
    throw new RedisError('ERR GT, LT, and/or NX options at the same time are not compatible');
  return flags;
}

function scoredOf(args: readonly string[], from: number): readonly Scored[] {
  const scored: Scored[] = [];
  for (let place = from; place < args.length; place += 2)
    scored.push({ score: toScore(at(args, place)), member: at(args, place + 1) });
  return scored;
}

function isWanted(flags: ReadonlySet<string>, held: number | undefined, score: number): boolean {
  if (flags.size === 0) return true;
  if (held === undefined) return !flags.has('XX');
  return !(flags.has('NX') || (flags.has('LT') && score >= held) || (flags.has('GT') && score <= held));
}

function byScore(store: MemoryStore, args: readonly string[]): Reply {
  const [least, most] = [bound(at(args, 1)), bound(at(args, 2))];
  let isScored = false;
  let [offset, count] = [0, -1];
  for (let place = 3; place < args.length; place += 1) {
    const option = at(args, place).toUpperCase();
    if (option === 'WITHSCORES') isScored = true;
    else if (option === 'LIMIT') {
      [offset, count] = [toInteger(at(args, place + 1)), toInteger(at(args, place + 2))];
      place += 2;
    } else throw new RedisError('ERR syntax error');
  }
  const set = read(store, at(args, 0), 'zset');
  if (set === undefined || offset < 0) return [];
  const [from, to] = placesOf(set, least, most);
  const end = count < 0 ? to : Math.min(to, from + offset + count);
  return told(set.ordered.slice(from + offset, Math.max(end, from + offset)), isScored);
}

function told(members: readonly Scored[], isScored: boolean): Reply {
  return isScored
    ? members.flatMap(({ member, score }) => [member, numberToArg(score)])
    : members.map(({ member }) => member);
}

function hasScores(options: readonly string[]): boolean {
  const [option, ...others] = options.map((text) => text.toUpperCase());
  if (others.length > 0 || (option !== undefined && option !== 'WITHSCORES'))
    throw new RedisError('ERR the twin of Redis knows ZRANGE by place only');
  return option !== undefined;
}

function toScore(text: string): number {
  const score = text.trim() === text ? parseNumber(text) : undefined;
  if (score === undefined || Number.isNaN(score)) throw new RedisError('ERR value is not a valid float');
  return score;
}

const LEAST: ScoreBound = { score: -Infinity, isOpen: false };

/** `(` before a score leaves it out. */
function bound(text: string): ScoreBound {
  if (text === '-inf') return LEAST; // of most ranges
  const isOpen = text.startsWith('(');
  const score = parseNumber(isOpen ? text.slice(1) : text);
  if (score === undefined || Number.isNaN(score)) throw new RedisError('ERR min or max is not a float');
  return { score, isOpen };
}
