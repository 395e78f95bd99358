/** A check should be no older than this: three sweeps. */
export const CHECKED_WITHIN_MS = 45_000;
