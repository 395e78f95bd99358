import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { BadControl } from './bad-control.ts';
import type { Clock } from './clock.ts';
import { nextDueMs, runDue } from './due.ts';

/** After so many moments the others have their turn. */
const MOMENTS_PER_SLICE = 64;

const clockBody = z.strictObject({ advanceMs: z.number().int().min(0).max(31_536_000_000) });

/** Clocks that are on their way. */
const moving = new WeakSet<Clock>();

/**
 * POST /sim/clock: moves a virtual clock, stopping at each moment at which something is due on the way. A long way is
 * gone in slices, between which requests are answered as of the moment that has been reached. Throws a BadControl: 400
 * under a real clock, 409 while another call moves it, or when a reset or the end of the service stopped it on the way.
 */
export async function advanceClock(simulator: Simulator, body: unknown): Promise<{ nowMs: number }> {
  const { clock } = simulator;
  const { advanceMs } = clockBody.parse(body);
  if (!clock.isVirtual) throw new BadControl('the clock is real; start with --clock virtual to move it');
  if (moving.has(clock)) throw new BadControl('the clock is being moved', 409);
  moving.add(clock);
  try {
    await moveTo(simulator, clock.nowMs() + advanceMs);
  } finally {
    moving.delete(clock);
  }
  return { nowMs: clock.nowMs() };
}

async function moveTo(simulator: Simulator, untilMs: number): Promise<void> {
  const { clock, streams } = simulator;
  while (!runSlice(simulator, untilMs)) {
    await turn();
    if (streams.isClosed) throw new BadControl('the clock was stopped on its way', 409);
  }
  clock.moveTo(untilMs);
}

/** The moments of one slice; true when nothing more is due until then. */
function runSlice(simulator: Simulator, untilMs: number): boolean {
  for (let moments = 0; moments < MOMENTS_PER_SLICE; moments += 1) {
    const dueMs = nextDueMs(simulator);
    if (dueMs === undefined || dueMs > untilMs) return true;
    simulator.clock.moveTo(dueMs);
    runDue(simulator);
  }
  return false;
}
