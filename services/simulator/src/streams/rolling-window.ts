/** What happened in the last so many milliseconds, for each key. */
export interface RollingWindow {
  /** The times within the window up to now, oldest first; good until the next call. */
  within: (key: string, nowMs: number, windowMs: number) => readonly number[];
  /** It has happened now, so many times. */
  note: (key: string, nowMs: number, times?: number) => void;
}

export function createRollingWindow(): RollingWindow {
  const noted = new Map<string, number[]>();
  return {
    within: (key, nowMs, windowMs) => {
      const past = noted.get(key);
      if (past === undefined) return [];
      const firstKept = past.findIndex((atMs) => atMs > nowMs - windowMs);
      past.splice(0, firstKept === -1 ? past.length : firstKept);
      if (past.length === 0) noted.delete(key);
      return past;
    },
    note: (key, nowMs, times = 1) => {
      const past = noted.get(key) ?? [];
      for (let count = 0; count < times; count += 1) past.push(nowMs);
      if (past.length > 0) noted.set(key, past);
    },
  };
}
