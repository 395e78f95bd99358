import type { TpSlState } from './decision.ts';
import { listedByMs } from './is-listed-since.ts';
import { LATE_CREATE_MS, mayWork } from './progress.ts';
import type { View } from './view.ts';

/**
 * The moment at which rows of a live stream prove that nothing of ours is left of a plan whose position is flat, so that it ends and
 * leaves its place to others (S-23): nothing may come until then. Empty when it is past, or something of ours may work.
 */
export function goneMs(state: TpSlState, view: View): readonly number[] {
  const { stage, closingSinceMs } = state;
  const { snapshot, nowMs } = view;
  if (stage !== 'closing' || closingSinceMs === undefined || snapshot.streamed !== true) return [];
  const provenMs = listedByMs(closingSinceMs + LATE_CREATE_MS);
  return provenMs > nowMs && !mayWork(state, view) ? [provenMs] : [];
}
