/** Of its time a pass over all accounts works at most so much, for the sake of what else the process and Redis have to do. */
const MOST_SHARE = 0.05;
/** All rests of a pass together: with its work, what it shows may not outlast the 15 s after which a naked position pages. */
const MOST_REST_MS = 10_000;

/**
 * How long a pass rests after a look that took so long, ms. With more work than its share allows within 10 s it takes more: that a
 * position without a stop is seen in time matters more. `looks` = how many the whole pass has.
 */
export function restAfter(tookMs: number, looks: number): number {
  return Math.min(tookMs / MOST_SHARE - tookMs, MOST_REST_MS / looks);
}
