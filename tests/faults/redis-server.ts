import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from './random.ts';

/** As a command that ioredis does not queue fails while the connection is down. */
const AWAY = 'Connection is closed.';
const COMMAND_TIMEOUT_MS = 2_000;
const SLOWEST_MS = 4;

/** The one Redis of a day, as its clients see it: there, away, or frozen with what they sent in its buffers. */
export interface RedisServer {
  /** Carries a command there and its reply back, as long as that takes. */
  readonly carry: <T>(run: () => T) => T | Promise<T>;
  /** From now on every command fails at once. */
  readonly goAway: () => void;
  readonly freeze: () => void;
  /** Serves again, what was held first: the client has long given that up. */
  readonly comeBack: () => void;
  /** From now on each command takes this long at most, ms. */
  readonly slowDown: (mostMs: number) => void;
}

export function openRedisServer(random: Random): RedisServer {
  let state: 'up' | 'away' | 'frozen' = 'up';
  let mostMs = 0;
  const held: (() => void)[] = [];
  const later = <T>(run: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('Command timed out')), COMMAND_TIMEOUT_MS);
      held.push(() => {
        try {
          resolve(run());
        } catch (error) {
          reject(error); // as the server refuses it
        }
      });
    });
  const arrive = <T>(run: () => T): T | Promise<T> => {
    if (state === 'away') throw new Error(AWAY);
    return state === 'frozen' ? later(run) : run();
  };
  const after = async <T>(ms: number, run: () => T): Promise<T> => {
    await pause(ms);
    return arrive(run);
  };
  return {
    carry: (run) => {
      if (mostMs > 0) return after(random.int(0, mostMs), run);
      return random.chance(5) ? after(random.int(1, SLOWEST_MS), run) : arrive(run);
    },
    goAway: () => {
      state = 'away';
    },
    freeze: () => {
      state = 'frozen';
    },
    comeBack: () => {
      state = 'up';
      mostMs = 0;
      for (const run of held.splice(0)) run();
    },
    slowDown: (ms) => {
      mostMs = ms;
    },
  };
}
