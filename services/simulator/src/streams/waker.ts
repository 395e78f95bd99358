import type { Clock } from '../sim/clock.ts';

/** A timer that is set to the next moment at which something is due. */
export interface Waker {
  wake: () => void;
  stop: () => void;
}

/**
 * Calls `runDue` when it is time. Under a virtual clock only what is due already is carried out, a turn later, so that the
 * reply to the command that made it due goes first; the rest waits until the clock is moved.
 */
export function createWaker(
  clock: Clock,
  { nextDueMs, runDue }: { nextDueMs: () => number | undefined; runDue: () => void },
): Waker {
  let timer: NodeJS.Timeout | undefined;
  let setForMs = Number.POSITIVE_INFINITY;
  let isStopped = false;

  const wake = (): void => {
    const dueMs = nextDueMs();
    if (isStopped || dueMs === undefined || dueMs >= setForMs) return;
    const waitMs = dueMs - clock.nowMs();
    if (clock.isVirtual && waitMs > 0) return;
    clearTimeout(timer);
    setForMs = dueMs;
    timer = setTimeout(
      () => {
        setForMs = Number.POSITIVE_INFINITY;
        runDue();
        wake();
      },
      Math.max(0, waitMs),
    );
  };

  return {
    wake,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
