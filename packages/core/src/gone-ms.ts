import type { TpSlState } from './decision.ts';
import { listedByMs, toldBy } from './is-listed-since.ts';
import { LATE_CREATE_MS } from './progress.ts';
import type { View } from './view.ts';

/**
 * The moment at which rows of a live stream prove that nothing of ours is left of a plan whose position is flat, so that it ends and
 * leaves its place to others (S-23): nothing may come until then. Empty when it is past, or something of ours works. What the other lane
 * misses it will have found by then.
 */
export function goneMs({ stage, closingSinceMs }: TpSlState, view: View): readonly number[] {
  if (stage !== 'closing' || closingSinceMs === undefined || view.own.length > 0) return [];
  return toldBy(listedByMs(closingSinceMs + LATE_CREATE_MS), view);
}
