/** Frames on their way: each leaves at its moment, and those of one moment in the order in which they came. */
export interface Outbox {
  /** `deliver` is called with the time at which the frame really leaves. */
  post: (atMs: number, deliver: (nowMs: number) => void) => void;
  nextDueMs: () => number | undefined;
  /** Delivers what is due by now. */
  flush: (nowMs: number) => void;
  clear: () => void;
}

interface Posted {
  readonly atMs: number;
  readonly number: number;
  readonly deliver: (nowMs: number) => void;
}

export function createOutbox(): Outbox {
  let heap: Posted[] = [];
  let count = 0;
  return {
    post: (atMs, deliver) => {
      count += 1;
      push(heap, { atMs, number: count, deliver });
    },
    nextDueMs: () => heap[0]?.atMs,
    flush: (nowMs) => {
      for (let next = heap[0]; next !== undefined && next.atMs <= nowMs; next = heap[0]) {
        pop(heap);
        next.deliver(nowMs);
      }
    },
    clear: () => {
      heap = [];
    },
  };
}

function isBefore(a: Posted, b: Posted): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}

function push(heap: Posted[], posted: Posted): void {
  let at = heap.length;
  heap.push(posted);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !isBefore(posted, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = posted;
}

function pop(heap: Posted[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (let child = lesserChild(heap, at); child !== undefined; child = lesserChild(heap, at)) {
    const below = heap[child];
    if (below === undefined || !isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
}

function lesserChild(heap: readonly Posted[], at: number): number | undefined {
  const left = 2 * at + 1;
  const [a, b] = [heap[left], heap[left + 1]];
  if (a === undefined) return undefined;
  return b !== undefined && isBefore(b, a) ? left + 1 : left;
}
