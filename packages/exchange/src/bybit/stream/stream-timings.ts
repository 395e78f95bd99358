/** Durations of a private stream, ms. */
export interface StreamTimings {
  /** From connecting to open, and again from open to subscribed. */
  readonly readyWithinMs: number;
  readonly pingEveryMs: number;
  /** Nothing received for so long = the connection is dead, whatever TCP says. */
  readonly silentAfterMs: number;
  /** The first back-off; it doubles with each attempt that fails. */
  readonly backOffMs: number;
  readonly longestBackOffMs: number;
  /** After the exchange refused the key. */
  readonly credentialsBackOffMs: number;
  /** A connection that was ready for so long makes the back-off begin anew. */
  readonly steadyAfterMs: number;
}

/** Reference D.2 and D.6, and far below the exchange's 500 connections in 5 minutes (reference B.1). */
export const STREAM_TIMINGS: StreamTimings = {
  readyWithinMs: 5_000,
  pingEveryMs: 3_000,
  silentAfterMs: 6_000,
  backOffMs: 500,
  longestBackOffMs: 30_000,
  credentialsBackOffMs: 60_000,
  steadyAfterMs: 10_000,
};
