import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptDeps, Flown } from './attempt-flight.ts';
import { flyAtOnce, type OwnFlight } from './fly-at-once.ts';

/** How often one looks whether somebody else's read has ended. */
const LOOK_AGAIN_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** A read that waits for its turn. */
export interface PatientFlight<T extends Flown> extends OwnFlight<T> {
  readonly signal: AbortSignal;
  /** Whether somebody else has read meanwhile what this one is to read. */
  readonly isDone?: () => Promise<boolean>;
}

/**
 * Makes a read that no check asked for as soon as nobody else's of that scope is under way and reads of the account do not rest,
 * unless it was done before that. Rejects as `flyAtOnce` does, and with the signal's reason.
 */
export async function flyInTurn<T extends Flown>(own: PatientFlight<T>, deps: AttemptDeps): Promise<void> {
  for (;;) {
    own.signal.throwIfAborted();
    if (await own.isDone?.()) return;
    const end = await flyAtOnce(own, deps);
    if (end.end === 'flown') return;
    const heldForMs = end.why === 'held' ? LOOK_AGAIN_MS : end.forMs;
    await pause(Math.min(heldForMs, LONGEST_PAUSE_MS), undefined, { signal: own.signal });
  }
}
