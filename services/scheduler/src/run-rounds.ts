import {
  ALL_BUCKETS,
  listProcesses,
  LONGEST_ROUND_MS,
  oldestChecked,
  openRound,
  peekRound,
  tryCloseRound,
  tryOpenRound,
  type Redis,
  type Round,
} from '@backstop/store';

/**
 * Checks of a round are spread, so that many accounts do not refresh in one burst: at a sixth of what one worker process can make, so that fills
 * that come meanwhile find a CPU (`bench reaction`), but faster where the round would take too long (`bench scale`).
 */
const CHECKS_PER_MS = 0.5;
const LONGEST_JITTER_MS = 4_500;
/** So few are a burst that nobody feels. */
const SHORTEST_JITTER_MS = 100;

/** In which bucket this process found the monitor that a round waits for. It only spares questions: the truth is in Redis. */
const heldOpenBy = new WeakMap<Redis, number>();

/**
 * Closes and opens sweeps (DESIGN section 3, last paragraph): a round makes every active monitor due and closes when the one
 * that was checked longest ago was checked after the opening. Safe in any number of schedulers: Redis lets one of them open
 * and one close. Says which round this call closed, and whether one is open.
 */
export async function runRounds(
  redis: Redis,
  { everyMs, ...limit }: { readonly everyMs: number; readonly longestMs?: number },
): Promise<{ closed: Round | undefined; open: boolean }> {
  if (await isHeldOpen(redis, limit)) return { closed: undefined, open: true };

  const oldest = await Promise.all(ALL_BUCKETS.map((bucket) => oldestChecked(redis, bucket)));
  const monitors = oldest.reduce((total, { count }) => total + count, 0);
  const calls = await callsSoFar(redis);
  const times = oldest.map(({ atMs = Number.MAX_SAFE_INTEGER }) => atMs);
  const oldestCheckedMs = Math.min(...times);
  const closing = await tryCloseRound(redis, { oldestCheckedMs, monitors, calls, ...limit });
  heldOpenBy.delete(redis);
  if (closing.state === 'open') {
    heldOpenBy.set(redis, times.indexOf(oldestCheckedMs));
    return { closed: undefined, open: true };
  }

  const closed = closing.state === 'closed' ? closing.round : undefined;
  const opened = monitors === 0 ? undefined : await tryOpenRound(redis, { everyMs, calls });
  if (opened === undefined) return { closed, open: false };

  const jitterMs = jitterOf(monitors);
  await Promise.all(ALL_BUCKETS.map((bucket) => openRound(redis, bucket, jitterMs)));
  return { closed, open: true };
}

/** Whether the open round waits for a monitor of the bucket that it waited for before: then the others need not be asked. */
async function isHeldOpen(
  redis: Redis,
  { longestMs = LONGEST_ROUND_MS }: { readonly longestMs?: number },
): Promise<boolean> {
  const bucket = heldOpenBy.get(redis);
  if (bucket === undefined) return false;
  const [round, { atMs }] = await Promise.all([peekRound(redis), oldestChecked(redis, bucket)]);
  if (round === undefined || atMs === undefined) return false;
  return atMs < round.openedAtMs && round.nowMs - round.openedAtMs < longestMs;
}

function jitterOf(monitors: number): number {
  const jitterMs = Math.min(Math.round(monitors / CHECKS_PER_MS), LONGEST_JITTER_MS);
  return jitterMs < SHORTEST_JITTER_MS ? 0 : jitterMs;
}

/** Requests of all processes since the installation began: a process that ended keeps its last total. */
async function callsSoFar(redis: Redis): Promise<number> {
  const processes = await listProcesses(redis);
  return processes.reduce((total, { counters }) => total + (counters['requests'] ?? 0), 0);
}
