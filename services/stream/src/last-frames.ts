import type { PrivateFrame } from '@backstop/core';
import { slotOf, type MonitorRef } from '@backstop/store';

type Place = Pick<MonitorRef, 'symbol' | 'positionIdx'>;

/** When frames of orders and positions came last for each place of an account, by `performance.now()`. */
export class LastFrames {
  readonly #atMs = new Map<string, number>();

  note(frames: readonly PrivateFrame[]): void {
    const nowMs = performance.now();
    for (const frame of frames) {
      if (frame.topic === 'execution') continue; // says nothing of a positionIdx, and comes with frames that do
      for (const row of frame.rows) this.#atMs.set(slotOf(row), nowMs);
    }
  }

  /** Whether one came for this place since then. */
  hasSince(place: Place, sinceMs: number): boolean {
    return (this.#atMs.get(slotOf(place)) ?? -1) >= sinceMs;
  }
}
