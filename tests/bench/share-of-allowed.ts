/** A limit over a sliding window: at most so many calls within any `windowMs`. */
export interface SlidingLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/**
 * Of the calls that a sliding limit allows within a span, the share that was made: it allows one window's calls at once, and from
 * then on as many with each window that passes. At most 1 for whoever keeps to the limit.
 */
export function shareOfAllowed(
  { calls, spanMs }: { readonly calls: number; readonly spanMs: number },
  limit: SlidingLimit,
): number {
  return Number((calls / (limit.calls * (1 + spanMs / limit.windowMs))).toFixed(3));
}
