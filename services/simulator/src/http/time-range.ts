import { refusals } from '../engine/refusal.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

/** The time range of a history query: seven days at most, the last seven by default. */
export function timeRange(
  { startTime, endTime }: { readonly startTime?: number | undefined; readonly endTime?: number | undefined },
  nowMs: number,
): { fromMs: number; toMs: number } {
  if (startTime === undefined && endTime === undefined) return { fromMs: nowMs - WEEK_MS, toMs: nowMs };
  const fromMs = startTime ?? (endTime ?? nowMs) - WEEK_MS;
  const toMs = endTime ?? fromMs + WEEK_MS;
  if (toMs < fromMs || toMs - fromMs > WEEK_MS)
    throw refusals.parameter('The time range between startTime and endTime is limited to 7 days');
  return { fromMs, toMs };
}
