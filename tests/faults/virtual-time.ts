import { syncBuiltinESMExports } from 'node:module';
import promises from 'node:timers/promises';
import { openTimerQueue, VirtualTimer, type TimerQueue } from './timer-queue.ts';

/** A process's clock and timers, simulated: nothing waits, and time passes only from one timer to the next. */
export interface VirtualTime extends Disposable {
  readonly nowMs: () => number;
  /**
   * Lets happen what is due in the next `ms`, one timer after the other; `after` runs after each, when all is still and
   * nothing is on its way in real time, and tells whether it has begun something.
   */
  readonly run: (ms: number, after: () => boolean | undefined, isBusy: () => boolean) => Promise<void>;
}

/** Replaces clock and timers of this process, those of `node:timers/promises` too, until it is disposed of. */
export function openVirtualTime(startMs: number): VirtualTime {
  const queue = openTimerQueue(startMs);
  const putBack = replaceTime(queue, startMs);
  return {
    nowMs: queue.nowMs,
    run: async (ms, after, isBusy) => {
      const end = { isOver: false };
      setTimeout(() => {
        end.isOver = true;
      }, ms);
      await turn(); // what was begun before the first timer
      while (!end.isOver) {
        queue.next();
        do await turn();
        while (isBusy());
        if (after() === true) await turn();
      }
    },
    [Symbol.dispose]: putBack,
  };
}

/** Returns how to put the real ones back. */
function replaceTime(queue: TimerQueue, startMs: number): () => void {
  const { Date: DateBefore, setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const { setTimeout: pause } = promises;
  const now = Object.getOwnPropertyDescriptor(performance, 'now');
  const clear = (timer: NodeJS.Timeout | VirtualTimer | undefined): void => {
    if (timer instanceof VirtualTimer) timer.clear();
    else clearTimeout(timer); // set before
  };
  const nowBefore = clock.nowMs;
  clock.nowMs = queue.nowMs;
  Object.assign(globalThis, {
    Date: VirtualDate,
    setTimeout: (act: () => void, ms?: number, ...args: unknown[]) => queue.set(act, ms, false, args),
    setInterval: (act: () => void, ms?: number, ...args: unknown[]) => queue.set(act, ms, true, args),
    clearTimeout: clear,
    clearInterval: clear,
  });
  Object.assign(performance, { now: () => queue.nowMs() - startMs });
  Object.assign(promises, { setTimeout: pauseOf(queue) });
  syncBuiltinESMExports();
  return () => {
    clock.nowMs = nowBefore;
    Object.assign(globalThis, { Date: DateBefore, setTimeout, setInterval, clearTimeout, clearInterval });
    Reflect.deleteProperty(performance, 'now');
    if (now !== undefined) Object.defineProperty(performance, 'now', now);
    Object.assign(promises, { setTimeout: pause });
    syncBuiltinESMExports();
  };
}

const RealDate = Date;

/** What a VirtualDate goes by: the class is one for all days of a process, so that code that reads the time is optimised once. */
const clock = { nowMs: () => RealDate.now() };

class VirtualDate extends RealDate {
  constructor(...args: readonly [] | readonly [number | string | Date]) {
    const [value = clock.nowMs()] = args;
    super(value);
  }

  static override now(): number {
    return clock.nowMs();
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof RealDate;
  }
}

/** That of `node:timers/promises`: it may be given up. */
function pauseOf(queue: TimerQueue): <T>(ms?: number, value?: T, options?: { signal?: AbortSignal }) => Promise<T> {
  return (ms, value, { signal } = {}) =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => {
        timer.clear();
        reject(new DOMException('The operation was aborted', 'AbortError'));
      };
      const pass = (): void => {
        signal?.removeEventListener('abort', giveUp);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the real one: undefined where none was given
        resolve(value as NonNullable<typeof value>);
      };
      const timer = queue.set(pass, ms, false, []);
      if (signal?.aborted === true) giveUp();
      else signal?.addEventListener('abort', giveUp, { once: true });
    });
}

/** One turn of the real event loop: by then everything that follows from a timer without time passing has happened. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
