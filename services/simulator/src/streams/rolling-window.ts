/** Counts what happened in the last so many milliseconds, for each key. */
export interface RollingWindow {
  /** How often it happened within the window up to now. */
  count: (key: string, nowMs: number, windowMs: number) => number;
  note: (key: string, nowMs: number) => void;
}

export function createRollingWindow(): RollingWindow {
  const times = new Map<string, number[]>();
  return {
    count: (key, nowMs, windowMs) => {
      const past = times.get(key);
      if (past === undefined) return 0;
      const firstKept = past.findIndex((atMs) => atMs > nowMs - windowMs);
      past.splice(0, firstKept === -1 ? past.length : firstKept);
      if (past.length === 0) times.delete(key);
      return past.length;
    },
    note: (key, nowMs) => {
      const past = times.get(key);
      if (past === undefined) times.set(key, [nowMs]);
      else past.push(nowMs);
    },
  };
}
