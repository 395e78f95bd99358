/** A stopwatch with laps by name: ms since the same name was last asked for, 0 the first time. */
export function openLaps(nowMs: () => number): (name: string) => number {
  const last = new Map<string, number>();
  return (name) => {
    const now = nowMs();
    const lapMs = now - (last.get(name) ?? now);
    last.set(name, now);
    return lapMs;
  };
}
