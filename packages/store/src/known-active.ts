import type { PositionIdx } from '@backstop/core';
import { slotOf, type MonitorRef } from './monitor-ref.ts';

const IDXS: readonly PositionIdx[] = [0, 1, 2];

/** Arguments with which a script compares who is active on these slots with what the caller knows: see `include/active.lua`. */
export function knownActive(slots: Iterable<string>, monitors: readonly MonitorRef[]): readonly (string | number)[] {
  const monitorIds = new Map(monitors.map((ref) => [slotOf(ref), ref.monitorId]));
  const asked = [...new Set(slots)];
  return [asked.length, ...asked.flatMap((slot) => [slot, monitorIds.get(slot) ?? ''])];
}

/** All slots of a symbol: of an execution, or of a row that could not be read, it is not known which one. */
export function slotsOfSymbol(symbol: string): readonly string[] {
  return IDXS.map((positionIdx) => slotOf({ symbol, positionIdx }));
}
