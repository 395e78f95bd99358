import { syncBuiltinESMExports } from 'node:module';
import FakeTimers from '@sinonjs/fake-timers';

/** A process's clock and timers that go on only when they are told to, at once. */
export interface SteppedTime extends Disposable {
  readonly pass: (ms: number) => void;
}

/** Replaces clock and timers of this process, those of `node:timers/promises` too, until it is disposed of. */
export function openSteppedTime(startMs: number): SteppedTime {
  const clock = FakeTimers.install({
    now: startMs,
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  });
  syncBuiltinESMExports();
  return {
    pass: (ms) => void clock.tick(ms),
    [Symbol.dispose]: () => {
      clock.uninstall();
      syncBuiltinESMExports();
    },
  };
}
