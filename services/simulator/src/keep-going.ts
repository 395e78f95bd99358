import { nextDueMs, runDue } from './sim/due.ts';
import type { Simulator } from './simulator.ts';

/** The longest wait that a timer takes; what is due later is looked at again by then. */
const MOST_WAIT_MS = 2_147_483_647;

/** Keeps going what time makes due under a real clock. */
export interface Going {
  /** To be called whenever something may have become due sooner. */
  readonly look: () => void;
  readonly end: () => void;
}

export function keepGoing(simulator: Simulator): Going {
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  const look = (): void => {
    clearTimeout(timer);
    const dueMs = simulator.clock.isVirtual ? undefined : nextDueMs(simulator);
    // A request that was under way at the end may still have its effect.
    if (dueMs === undefined || isEnded) return;
    const waitMs = Math.min(MOST_WAIT_MS, Math.max(1, dueMs - simulator.clock.nowMs()));
    timer = setTimeout(() => {
      runDue(simulator);
      look();
    }, waitMs);
  };
  look();
  return {
    look,
    end: () => {
      isEnded = true;
      clearTimeout(timer);
    },
  };
}
