import type { InProcessSimulator } from '@backstop/simulator';
import { UNPLANNED } from './adopted.ts';
import type { Day } from './day.ts';

/** An account is read for the sake of such positions so often, and a position is taken once it was seen for so long, ms. */
const FOUND_MS = 30_000;
const PROVEN_MS = 5_000;
/** The ticks of the task, and the requests of two whole listings, a check and a stop, ms. */
const STEPS_MS = 5_000;
/**
 * While a plan attends the place, nobody adopts what is on it (S-23). Without a stream it learns of the end of its position when its rows
 * end (15 s), is over when rows read 5 s after that show nothing of its own, which end 15 s after an earlier look, and says so, ms.
 */
const UNSTREAMED_PLAN_ENDS_MS = 15_000 + 5_000 + 15_000;
/** With one it learns of it by frames, and is over 5.3 s later, ms. */
const PLAN_ENDS_MS = 8_000;

type Epoch = InProcessSimulator['simulator']['engine']['venue']['truth']['epochs'][number];

/** Positions that were without a stop for longer than it takes to adopt them; a fault takes its own time on top of it. */
export function lateAdoptions(
  { adoption, hasStream, unnoticedMs }: Pick<Day, 'adoption' | 'hasStream' | 'unnoticedMs'>,
  { simulator }: InProcessSimulator,
): readonly string[] {
  if (adoption === undefined || adoption.mode === 'ignore') return [];
  const planEndsMs = hasStream ? PLAN_ENDS_MS : UNSTREAMED_PLAN_ENDS_MS;
  const epochs = simulator.engine.venue.truth.epochs.filter(({ symbol }) => symbol === UNPLANNED.symbol);
  return epochs.flatMap((epoch) => {
    const allowedMs = FOUND_MS + PROVEN_MS + STEPS_MS + attendedMs(epoch, epochs, planEndsMs) + unnoticedMs;
    const { account, unprotectedMs } = epoch;
    return unprotectedMs > allowedMs
      ? [`${account}: a position was adopted after ${unprotectedMs} ms, ${allowedMs} allowed`]
      : [];
  });
}

/** For how long after its opening the plan of an earlier position may have attended the place: it was turned round, or opened again. */
function attendedMs({ account, openedAtMs }: Epoch, epochs: readonly Epoch[], planEndsMs: number): number {
  const ends = epochs.flatMap(({ closedAtMs, stopLoss, ...earlier }) => {
    const wasAdopted = earlier.account === account && stopLoss > 0n;
    return wasAdopted && closedAtMs !== undefined && closedAtMs <= openedAtMs ? [closedAtMs + planEndsMs] : [];
  });
  return Math.max(0, ...ends.map((atMs) => atMs - openedAtMs));
}
