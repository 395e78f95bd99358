import type { Redis } from 'ioredis';
import { fleetKeys } from './keys.ts';
import { redisTimeMs, runScript } from './redis.ts';

/** One sweep: from its opening until every monitor had been checked since (DESIGN section 3). Times are Redis time, ms. */
export interface Round {
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  readonly durationMs: number;
  readonly monitors: number;
  /** Requests to the exchange meanwhile, of all processes, to the accuracy of their beats. */
  readonly calls: number;
  /** false = some monitor could not be checked within a minute. */
  readonly complete: boolean;
}

/** open: a round is under way. none: none is, and the next one may be opened when its time comes. */
export type RoundClosing = { readonly state: 'open' | 'none' } | { readonly state: 'closed'; readonly round: Round };

const ROUNDS_KEPT = 200;
/** After this a round closes although some monitor could not be checked, ms. */
export const LONGEST_ROUND_MS = 60_000;

/** Opens a round, for one of all processes that try: the last one is closed, and `everyMs` have passed since it was opened. */
export async function tryOpenRound(
  redis: Redis,
  { everyMs, calls }: { readonly everyMs: number; readonly calls: number },
): Promise<{ readonly openedAtMs: number } | undefined> {
  const openedAtMs = await runScript<number>(redis, 'try-open-round', [fleetKeys.currentRound], [everyMs, calls]);
  return openedAtMs === 0 ? undefined : { openedAtMs };
}

/**
 * Closes the open round if the monitor that was checked longest ago (`oldestCheckedMs`, Redis time) was checked since the
 * opening, or as incomplete after a minute. Of all processes that try, one closes it. `calls` = requests of all so far.
 */
export async function tryCloseRound(
  redis: Redis,
  seen: {
    readonly oldestCheckedMs: number;
    readonly monitors: number;
    readonly calls: number;
    readonly longestMs?: number;
  },
): Promise<RoundClosing> {
  const { oldestCheckedMs, monitors, calls, longestMs = LONGEST_ROUND_MS } = seen;
  const keys = [fleetKeys.currentRound, fleetKeys.rounds];
  const args = [oldestCheckedMs, monitors, calls, ROUNDS_KEPT, longestMs];
  const reply = await runScript<readonly ['open' | 'none' | 'closed', ...number[]]>(
    redis,
    'try-close-round',
    keys,
    args,
  );
  const [state, opened = 0, closed = 0, callsInIt = 0, complete = 0] = reply;
  if (state !== 'closed') return { state };
  return { state, round: toRound([opened, closed, monitors, callsInIt, complete]) };
}

/** When the round that is open was opened, and what time it is, by Redis time, ms; undefined = none is open. */
export async function peekRound(
  redis: Redis,
): Promise<{ readonly openedAtMs: number; readonly nowMs: number } | undefined> {
  const [nowMs, [opened = null, closed = null]] = await Promise.all([
    redisTimeMs(redis),
    redis.hmget(fleetKeys.currentRound, 'opened', 'closed'),
  ]);
  return opened === null || closed !== null ? undefined : { openedAtMs: Number(opened), nowMs };
}

/** The last `count` rounds that were closed, newest first; 200 are kept. */
export async function listRounds(redis: Redis, count: number): Promise<readonly Round[]> {
  const lines = await redis.lrange(fleetKeys.rounds, 0, count - 1);
  return lines.map((line) => toRound(line.split(' ').map(Number)));
}

function toRound(numbers: readonly number[]): Round {
  const [openedAtMs = 0, closedAtMs = 0, monitors = 0, calls = 0, complete = 0] = numbers;
  return { openedAtMs, closedAtMs, durationMs: closedAtMs - openedAtMs, monitors, calls, complete: complete === 1 };
}
