type Act = (...args: unknown[]) => void;

/** The timers of a process whose time passes only when it is told to. */
export interface TimerQueue {
  readonly nowMs: () => number;
  /** As `setTimeout`, and with `everyMs` as `setInterval`: delays are whole ms, from 1 on. */
  readonly set: (act: Act, ms: number | undefined, isInterval: boolean, args: readonly unknown[]) => VirtualTimer;
  /** Moves the clock on to the first timer and has it happen; of those at one moment, the one that was set first. Without one, nothing. */
  readonly next: () => void;
}

/** What `setTimeout` gives. */
export class VirtualTimer implements Disposable {
  act: Act | undefined;
  readonly args: readonly unknown[];
  /** 0 = once. */
  readonly everyMs: number;
  atMs: number;
  /** How many timers were set before it. */
  order: number;

  constructor(act: Act, args: readonly unknown[], everyMs: number) {
    this.act = act;
    this.args = args;
    this.everyMs = everyMs;
    this.atMs = 0;
    this.order = 0;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** It never happens again. Its place in the queue is left when its time comes. */
  clear(): void {
    this.act = undefined;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

/** The longest delay that there is. */
const MOST_MS = 2_147_483_647;

/** A day has some thousands of timers, of which most are cleared before their time: that costs nothing here. */
export function openTimerQueue(startMs: number): TimerQueue {
  let nowMs = startMs;
  let count = 0;
  const heap: VirtualTimer[] = [];
  const enter = (timer: VirtualTimer, ms: number): void => {
    timer.atMs = nowMs + ms;
    timer.order = count += 1;
    heap.push(timer);
    rise(heap, heap.length - 1);
  };
  return {
    nowMs: () => nowMs,
    set: (act, ms, isInterval, args) => {
      const wholeMs = Math.trunc(ms ?? 1);
      const delayMs = wholeMs >= 1 && wholeMs <= MOST_MS ? wholeMs : 1; // as Node takes what is none
      const timer = new VirtualTimer(act, args, isInterval ? delayMs : 0);
      enter(timer, delayMs);
      return timer;
    },
    next: () => {
      for (let timer = takeFirst(heap); timer !== undefined; timer = takeFirst(heap)) {
        const { act, args, everyMs, atMs } = timer;
        if (act === undefined) continue;
        nowMs = atMs;
        if (everyMs > 0) enter(timer, everyMs);
        act(...args);
        return;
      }
    },
  };
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}

function rise(heap: VirtualTimer[], from: number): void {
  for (let at = from; at > 0;) {
    const above = (at - 1) >> 1;
    const [parent, timer] = [heap[above], heap[at]];
    if (parent === undefined || timer === undefined || isBefore(parent, timer)) return;
    heap[at] = parent;
    heap[above] = timer;
    at = above;
  }
}

function takeFirst(heap: VirtualTimer[]): VirtualTimer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) {
    heap[0] = last;
    sink(heap, last);
  }
  return first;
}

function sink(heap: VirtualTimer[], timer: VirtualTimer): void {
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    if (left === undefined) return;
    const isRight = right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (isBefore(timer, child)) return;
    const below = 2 * at + (isRight ? 2 : 1);
    heap[at] = child;
    heap[below] = timer;
    at = below;
  }
}
