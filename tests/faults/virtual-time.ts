import { syncBuiltinESMExports } from 'node:module';
import FakeTimers from '@sinonjs/fake-timers';

/** A process's clock and timers, simulated: nothing waits, and time passes only from one timer to the next. */
export interface VirtualTime extends Disposable {
  readonly nowMs: () => number;
  /**
   * Lets happen what is due in the next `ms`, one timer after the other; `after` runs after each, when all is still and
   * nothing is on its way in real time.
   */
  readonly run: (ms: number, after: () => void, isBusy: () => boolean) => Promise<void>;
}

/** Replaces clock and timers of this process, those of `node:timers/promises` too, until it is disposed of. */
export function openVirtualTime(startMs: number): VirtualTime {
  const clock = FakeTimers.install({
    now: startMs,
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], // not setImmediate
  });
  syncBuiltinESMExports();
  return {
    nowMs: () => clock.now,
    run: async (ms, after, isBusy) => {
      const end = { isOver: false };
      setTimeout(() => {
        end.isOver = true;
      }, ms);
      while (!end.isOver) {
        await turn(); // what was begun before the first timer, and by `after`
        clock.next();
        do await turn();
        while (isBusy());
        after();
      }
    },
    [Symbol.dispose]: () => {
      clock.uninstall();
      syncBuiltinESMExports();
    },
  };
}

/** One turn of the real event loop: by then everything that follows from a timer without time passing has happened. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
