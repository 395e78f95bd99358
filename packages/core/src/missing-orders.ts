import type { Urgency } from './cadence.ts';
import type { Placed } from './decision.ts';
import { isLeg } from './is-leg.ts';
import { listedByMs } from './is-listed-since.ts';
import type { Leg } from './model.ts';
import type { View } from './view.ts';

/**
 * When orders that have gone missing are to be looked for again. Listings have to be begun anew until they prove something. Rows that a
 * live stream vouches for prove it by time alone, since whatever still comes wakes the monitor: one look is enough then, and
 * none where nothing awaits what it would say. The next look finds that out, whenever it comes.
 */
export function missingOrders(
  placed: Placed = {},
  { snapshot, nowMs }: View,
  isAwaited: (leg: Leg) => boolean,
): Pick<Urgency, 'isConfirming' | 'deadlinesMs'> {
  const missing = Object.keys(placed)
    .filter(isLeg)
    .filter((leg) => (placed[leg] ?? 0) > 0);
  if (snapshot.streamed !== true) return { isConfirming: missing.length > 0, deadlinesMs: [] };

  const provenMs = missing.filter(isAwaited).map((leg) => listedByMs(placed[leg] ?? 0));
  return {
    isConfirming: provenMs.some((atMs) => atMs <= nowMs),
    deadlinesMs: provenMs.filter((atMs) => atMs > nowMs),
  };
}
