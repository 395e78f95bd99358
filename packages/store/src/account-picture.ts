import type { Redis } from 'ioredis';
import { listBlocks, type StandingBlock } from './budget-blocks.ts';
import { ordersOf } from './diagnosis/orders-of.ts';
import { listAccounts, listProcesses, type ProcessSeen } from './fleet.ts';
import { keyRefusal, type KeyRefusal } from './key-refusals.ts';
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
  /** Failed reads in a row; `untilMs` undefined = reads do not rest because of them. `why` is empty where it is not known. */
  readonly readFailures: {
    readonly count: number;
    readonly untilMs: number | undefined;
    readonly sinceMs: number | undefined;
    readonly lastMs: number | undefined;
    readonly why: string;
  };
  /** Orders of others at the places of its monitors, as far as those are known now (S-24). */
  readonly foreignOrders: number;
  /** How far the clock of the worst living worker is off the exchange's, as its replies for this account told, ms (S-32). */
  readonly clockSkewMs: number;
  /** undefined = its key is taken. */
  readonly keyRefusal: KeyRefusal | undefined;
  /** What holds its requests back now; `account` = all of them, `address` = those of all accounts. */
  readonly blocks: readonly StandingBlock[];
}

/** The accounts of the installation by name; `monitors` are those that `readMonitors` has given. */
export async function readAccounts(
  redis: Redis,
  monitors: readonly MonitorPicture[],
): Promise<readonly AccountPicture[]> {
  const [names, nowMs, processes] = await Promise.all([listAccounts(redis), redisTimeMs(redis), listProcesses(redis)]);
  return Promise.all(
    names.map(async (name) => {
      const own = monitors.filter(({ ref }) => ref.account === name);
      const [failure, blocks, refusal] = await Promise.all([
        redis.hgetall(accountKeys(name).failure),
        listBlocks(redis, name),
        keyRefusal(redis, name),
      ]);
      const readFailures = toReadFailures(failure, nowMs);
      const positions = tallyProtection(own);
      const foreignOrders = own.reduce((count, monitor) => count + countForeign(monitor), 0);
      const clockSkewMs = worstSkewMs(processes, name);
      const counts = { monitors: own.length, positions, foreignOrders, clockSkewMs };
      return { name, ...counts, readFailures, blocks, keyRefusal: refusal };
    }),
  );
}

function countForeign({ snapshot, plan }: MonitorPicture): number {
  return ordersOf(snapshot?.orders ?? [], plan).foreign.length;
}

/** Beyond this the clocks are told of; a worker beyond 750 ms is not ready (S-32). */
export const SKEW_TOLD_MS = 250;

const SKEW = 'clockSkewMs';

/** The counter in a worker's beat that tells the skew of one account, where it is worth telling. */
export function skewCounter(account: string): string {
  return `${SKEW}.${account}`;
}

function worstSkewMs(processes: readonly ProcessSeen[], account: string): number {
  const skews = processes.filter(({ alive }) => alive).map(({ counters }) => skewOf(counters, account));
  return skews.reduce((worst, skew) => (Math.abs(skew) > Math.abs(worst) ? skew : worst), 0);
}

/** By the account's own replies where the worker tells accounts apart, else by its last reply of all. */
function skewOf(counters: ProcessSeen['counters'], account: string): number {
  const isByAccount = Object.keys(counters).some((name) => name.startsWith(skewCounter('')));
  return (isByAccount ? counters[skewCounter(account)] : counters[SKEW]) ?? 0;
}

function toReadFailures(
  { count = '0', until = '0', since, last, why = '' }: Readonly<Record<string, string>>,
  nowMs: number,
): AccountPicture['readFailures'] {
  return {
    count: Number(count),
    untilMs: Number(until) > nowMs ? Number(until) : undefined,
    sinceMs: since === undefined ? undefined : Number(since),
    lastMs: last === undefined ? undefined : Number(last),
    why,
  };
}

export function tallyProtection(monitors: readonly MonitorPicture[]): ProtectionTally {
  const open = monitors.filter(({ protection }) => protection !== undefined && protection !== 'flat');
  return {
    open: open.length,
    protected: open.filter(({ protection }) => protection === 'protected').length,
    unknown: monitors.filter(({ protection }) => protection === undefined).length,
  };
}
