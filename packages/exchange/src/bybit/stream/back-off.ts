import type { StreamFailure } from '@backstop/core';
import type { StreamTimings } from './stream-timings.ts';

/** How a connection, or the attempt at one, came to its end. */
export interface ConnectionEnd {
  readonly failure: StreamFailure;
  /** It had been ready for long enough to count as a success. */
  readonly wasSteady: boolean;
  /** The exchange said that there were too many connections: trying again soon makes it worse (reference B.1). */
  readonly isBarred: boolean;
}

/**
 * How long to wait after `failures` attempts in a row that did not last, ms. Doubles, and is spread over its upper half by
 * `random`, so that accounts which lost their connections together do not come back together.
 */
export function backOffMs(
  { failure, isBarred }: ConnectionEnd,
  failures: number,
  { timings, random }: { readonly timings: StreamTimings; readonly random: () => number },
): number {
  if (failure.reason === 'credentials') return timings.credentialsBackOffMs;
  const doubled = timings.backOffMs * 2 ** Math.max(0, failures - 1);
  const wholeMs = isBarred ? timings.longestBackOffMs : Math.min(doubled, timings.longestBackOffMs);
  return (wholeMs * (1 + random())) / 2;
}
