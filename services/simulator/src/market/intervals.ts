const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The first Monday of the clock's count: weeks begin on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** The intervals of klines (reference C.4): minutes, a day, a week, a month. */
export const INTERVALS = ['1', '3', '5', '15', '30', '60', '120', '240', '360', '720', 'D', 'W', 'M'] as const;
export type Interval = (typeof INTERVALS)[number];

/** The start of the interval that contains a moment; UTC. */
export function intervalStart(interval: Interval, atMs: number): number {
  if (interval === 'M') return monthStart(atMs, 0);
  if (interval === 'W') return atMs - ((atMs - FIRST_MONDAY_MS) % (7 * DAY_MS));
  return atMs - (atMs % lengthOf(interval));
}

/** The start of the interval after the one that begins at `startMs`. */
export function nextIntervalStart(interval: Interval, startMs: number): number {
  return interval === 'M' ? monthStart(startMs, 1) : startMs + lengthOf(interval);
}

/** Milliseconds; a month counts as the shortest one. */
export function lengthOf(interval: Interval): number {
  if (interval === 'D') return DAY_MS;
  if (interval === 'W') return 7 * DAY_MS;
  return interval === 'M' ? 28 * DAY_MS : Number(interval) * MINUTE_MS;
}

function monthStart(atMs: number, later: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}
