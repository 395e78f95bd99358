/** When a virtual clock starts unless it is told otherwise, so that equal seeds and commands give equal times: midnight UTC. */
const VIRTUAL_START_MS = Date.UTC(2026, 0, 1);

/** The exchange's time: the machine's, or one that stands still until it is told to move. */
export interface Clock {
  readonly isVirtual: boolean;
  nowMs: () => number;
  /** Moves a virtual clock to a moment that is not before now. */
  moveTo: (nowMs: number) => void;
}

/** `startAtMs` is for virtual clocks only. */
export function createClock(kind: 'real' | 'virtual', startAtMs = VIRTUAL_START_MS): Clock {
  return kind === 'real' ? realClock() : virtualClock(startAtMs);
}

function realClock(): Clock {
  let nowMs = Date.now();
  const neverBack = (): number => {
    nowMs = Math.max(nowMs, Date.now());
    return nowMs;
  };
  return { isVirtual: false, nowMs: neverBack, moveTo: () => undefined };
}

function virtualClock(startAtMs: number): Clock {
  let nowMs = startAtMs;
  return {
    isVirtual: true,
    nowMs: () => nowMs,
    moveTo: (thenMs) => {
      nowMs = Math.max(nowMs, thenMs);
    },
  };
}
