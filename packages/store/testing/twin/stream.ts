import { RedisError } from './redis-reply.ts';

export interface StreamId {
  readonly ms: number;
  readonly seq: number;
}

interface StreamEntry extends StreamId {
  readonly fields: readonly string[];
}

/** Entries in the order of their ids. A stream that has become empty stays, with its last id. */
export interface Stream {
  readonly entries: StreamEntry[];
  last: StreamId;
}

export function newStream(): Stream {
  return { entries: [], last: { ms: 0, seq: 0 } };
}

export function compareIds(a: StreamId, b: StreamId): number {
  return a.ms - b.ms || a.seq - b.seq;
}

/** "ms-seq" or "ms", which then means this sequence. */
export function parseId(text: string, seqWithout: number): StreamId {
  const [, ms, seq] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (ms === undefined) throw new RedisError('ERR Invalid stream ID specified as stream command argument');
  return { ms: Number(ms), seq: seq === undefined ? seqWithout : Number(seq) };
}

export function printId({ ms, seq }: StreamId): string {
  return `${ms}-${seq}`;
}

/** The place of the first entry that is not before this id. */
export function placeOfId({ entries }: Stream, id: StreamId): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && compareIds(entry, id) >= 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
