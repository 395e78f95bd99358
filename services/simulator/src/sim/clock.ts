/** The exchange's time: the machine's, or one that stands still until it is told to move. */
export interface Clock {
  readonly isVirtual: boolean;
  nowMs: () => number;
  /** Moves a virtual clock to a moment that is not before now. */
  moveTo: (nowMs: number) => void;
}

export function createClock(kind: 'real' | 'virtual'): Clock {
  let nowMs = Date.now();
  if (kind === 'real') {
    const neverBack = (): number => {
      nowMs = Math.max(nowMs, Date.now());
      return nowMs;
    };
    return { isVirtual: false, nowMs: neverBack, moveTo: () => undefined };
  }
  return {
    isVirtual: true,
    nowMs: () => nowMs,
    moveTo: (thenMs) => {
      nowMs = Math.max(nowMs, thenMs);
    },
  };
}
