import type { Simulator } from '../simulator.ts';
import { happen } from './happen.ts';

/** When time alone makes something due: in the engine, among the faults, or on the streams of a virtual clock (under a real one they wake themselves); `undefined` = nothing is pending. */
export function nextDueMs({ engine, faults, clock, streams }: Simulator): number | undefined {
  const streamsDueMs = clock.isVirtual ? streams.nextDueMs() : undefined;
  const dues = [engine.nextDueMs(), faults.nextDueMs(), streamsDueMs].filter((dueMs) => dueMs !== undefined);
  return dues.length === 0 ? undefined : Math.min(...dues);
}

/** Carries out what has become due by now: steps of the walk, delayed stops, faults that come by themselves. */
export function runDue(simulator: Simulator): void {
  simulator.engine.runDue();
  for (const due of simulator.faults.takeDue(simulator.engine.venue.nowMs())) happen(simulator, due);
  simulator.streams.runDue();
}
