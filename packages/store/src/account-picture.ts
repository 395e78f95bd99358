import type { Redis } from 'ioredis';
import { listBlocks, type StandingBlock } from './budget-blocks.ts';
import { listAccounts } from './fleet.ts';
import { accountKeys } from './keys.ts';
import type { MonitorPicture } from './monitor-picture.ts';
import { redisTimeMs } from './redis.ts';

/** How the positions of some monitors stand. `open` = protected + naked; `unknown` ones have rows that are missing or too old. */
export interface ProtectionTally {
  readonly open: number;
  readonly protected: number;
  readonly unknown: number;
}

/** An account as people look at it. Times are Redis time, ms. */
export interface AccountPicture {
  readonly name: string;
  readonly monitors: number;
  readonly positions: ProtectionTally;
  /** Failed reads in a row, and until when reads rest because of them; undefined = they do not. */
  readonly readFailures: { readonly count: number; readonly untilMs: number | undefined };
  /** What holds its requests back now; `account` = all of them, `address` = those of all accounts. */
  readonly blocks: readonly StandingBlock[];
}

/** The accounts of the installation by name; `monitors` are those that `readMonitors` has given. */
export async function readAccounts(
  redis: Redis,
  monitors: readonly MonitorPicture[],
): Promise<readonly AccountPicture[]> {
  const [names, nowMs] = await Promise.all([listAccounts(redis), redisTimeMs(redis)]);
  return Promise.all(
    names.map(async (name) => {
      const own = monitors.filter(({ ref }) => ref.account === name);
      const [failure, blocks] = await Promise.all([
        redis.hmget(accountKeys(name).failure, 'count', 'until'),
        listBlocks(redis, name),
      ]);
      const untilMs = Number(failure[1] ?? 0);
      const readFailures = { count: Number(failure[0] ?? 0), untilMs: untilMs > nowMs ? untilMs : undefined };
      return { name, monitors: own.length, positions: tallyProtection(own), readFailures, blocks };
    }),
  );
}

export function tallyProtection(monitors: readonly MonitorPicture[]): ProtectionTally {
  const open = monitors.filter(({ protection }) => protection !== undefined && protection !== 'flat');
  return {
    open: open.length,
    protected: open.filter(({ protection }) => protection === 'protected').length,
    unknown: monitors.filter(({ protection }) => protection === undefined).length,
  };
}
