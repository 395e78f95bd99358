import type { Check } from '@backstop/desk';
import type { touchChecked } from '@backstop/store';

/** What a check that changed nothing leaves to be recorded. */
export type Touched = Parameters<typeof touchChecked>[3];

/** Checks that changed nothing, recorded a little later and together: nobody waits for them. */
export interface Touches {
  /** A check's last word. Its monitor is due by its lease where this is lost. */
  readonly touch: (check: Check, touched: Touched) => void;
  /** Runs a check: once none runs any more, what they have left is recorded sooner. */
  readonly during: <T>(run: () => Promise<T>) => Promise<T>;
  /** Records what is left. Never rejects. */
  readonly flush: () => Promise<void>;
}

/** Late enough that many checks share a script, early enough that nothing which is due soon is late. */
const TOGETHER_MS = 25;
/** Where no check runs any more there is little to wait for: a sweep closes when the last of its checks is recorded. */
const AT_REST_MS = 2;

/**
 * Collects what checks leave, for one timer of the process, and records it in the order in which it came. `onError` hears of
 * each that could not be recorded.
 */
export function openTouches(
  record: (check: Check, touched: Touched) => Promise<void>,
  onError: (error: unknown) => void,
): Touches {
  let waiting: { check: Check; touched: Touched }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let timerMs = TOGETHER_MS;
  let recorded = Promise.resolve();
  let running = 0;

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const some = waiting;
    waiting = [];
    const records = some.map(({ check, touched }) => record(check, { ...touched, token: check.token }));
    recorded = settled([recorded, ...records], onError);
    return recorded;
  };
  /** A timer that ends sooner stays. */
  const flushWithin = (ms: number): void => {
    if (timer !== undefined && timerMs <= ms) return;
    clearTimeout(timer);
    timerMs = ms;
    timer = setTimeout(() => void flush(), ms);
  };
  return {
    touch: (check, touched) => {
      waiting.push({ check, touched });
      flushWithin(TOGETHER_MS);
    },
    during: async (run) => {
      running += 1;
      try {
        return await run();
      } finally {
        running -= 1;
        if (running === 0 && waiting.length > 0) flushWithin(AT_REST_MS);
      }
    },
    flush,
  };
}

/** Resolves when all have ended. */
async function settled(records: readonly Promise<void>[], onError: (error: unknown) => void): Promise<void> {
  for (const end of await Promise.allSettled(records)) if (end.status === 'rejected') onError(end.reason);
}
