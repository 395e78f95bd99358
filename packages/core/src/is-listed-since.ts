import type { Snapshot } from './facts.ts';

/** How long the listings may lag what was acknowledged. */
const LISTING_LAG_MS = 1_000;
/** How long frames of a live stream may be on their way, ms: rows that it vouches for show all that happened until so long ago. */
export const FRAMES_TAKE_MS = 300;

/** Whether both listings were begun late enough to show everything that happened until `sinceMs`. */
export function isListedSince(sinceMs: number, { ordersAtMs, positionAtMs }: Snapshot): boolean {
  return Math.min(ordersAtMs, positionAtMs) >= sinceMs + LISTING_LAG_MS;
}

/** From when on rows that a live stream vouches for are listed since `sinceMs`, though no frame comes any more, ms. */
export function listedByMs(sinceMs: number): number {
  return sinceMs + LISTING_LAG_MS + FRAMES_TAKE_MS;
}

/** A moment by which rows of a live stream tell something though no frame comes, ms: empty when it is past, or there is no stream. */
export function toldBy(
  atMs: number,
  { snapshot, nowMs }: { readonly snapshot: Snapshot; readonly nowMs: number },
): readonly number[] {
  return snapshot.streamed === true && atMs > nowMs ? [atMs] : [];
}
