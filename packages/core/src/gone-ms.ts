import type { TpSlState } from './decision.ts';
import { listedByMs } from './is-listed-since.ts';
import { LATE_CREATE_MS } from './progress.ts';
import type { View } from './view.ts';

/**
 * The moment at which rows of a live stream prove that nothing of ours is left of a plan whose position is flat, so that it ends and
 * leaves its place to others (S-23): nothing may come until then. Empty when it is past, or something of ours works. What the other lane
 * misses it will have found by then.
 */
export function goneMs({ stage, closingSinceMs }: TpSlState, { snapshot, nowMs, own }: View): readonly number[] {
  if (stage !== 'closing' || closingSinceMs === undefined || snapshot.streamed !== true) return [];
  const provenMs = listedByMs(closingSinceMs + LATE_CREATE_MS);
  return provenMs > nowMs && own.length === 0 ? [provenMs] : [];
}
