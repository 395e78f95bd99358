import type { Redis } from 'ioredis';
import { accountKeys, bucketOf, fleetKeys } from './keys.ts';
import { runScript } from './redis.ts';

/** A stream process counts as alive for this long after it was heard. */
const ALIVE_FOR_MS = 3_000;
/** How long an account stays a process's after it was renewed last: the longest that its death goes unnoticed, ms. */
export const STREAM_LEASE_MS = 4_000;

/** What a process has of an account's stream; '' = no session that covers it. */
export interface StreamClaim {
  readonly account: string;
  readonly session: string;
}

/** `claimed`: it was nobody's until now, or the lease had run out: what a session vouched for before is over. */
export type StreamHold = 'claimed' | 'renewed';

/** Tells the other stream processes that this one lives, once a second. Resolves with all that live, sorted. */
export async function streamBeat(redis: Redis, owner: string): Promise<readonly string[]> {
  const owners = await runScript<string[]>(redis, 'stream-beat', [fleetKeys.streams], [owner, ALIVE_FOR_MS]);
  return owners.toSorted();
}

/**
 * Claims or renews the leases of these accounts, once a second; resolves with those that are held by this process now. The lease
 * of another process is not taken while it lives. A session that is not the named one ends: it vouches for nothing more.
 */
export async function holdStreams(
  redis: Redis,
  owner: string,
  claims: readonly StreamClaim[],
  leaseMs = STREAM_LEASE_MS,
): Promise<ReadonlyMap<string, StreamHold>> {
  const buckets = [...Map.groupBy(claims, ({ account }) => bucketOf(account)).values()];
  const holds = await Promise.all(buckets.map((own) => holdBucket(redis, owner, own, leaseMs)));
  return new Map(holds.flat());
}

async function holdBucket(
  redis: Redis,
  owner: string,
  claims: readonly StreamClaim[],
  leaseMs: number,
): Promise<readonly (readonly [account: string, hold: StreamHold])[]> {
  const keys = claims.map(({ account }) => accountKeys(account).stream);
  const args = [owner, leaseMs, ...claims.map(({ session }) => session)];
  const held = await runScript<number[]>(redis, 'hold-streams', keys, args);
  return claims.flatMap(({ account }, at) => {
    const hold = HOLDS[held[at] ?? 0];
    return hold === undefined ? [] : [[account, hold] as const];
  });
}

/** What the script replies, by number; 0 = another process's. */
const HOLDS: readonly (StreamHold | undefined)[] = [undefined, 'claimed', 'renewed'];

/** Gives up these accounts, whatever they vouched for: other processes may claim them at once. Resolves with how many it held. */
export async function releaseStreams(redis: Redis, owner: string, accounts: readonly string[]): Promise<number> {
  const buckets = [...Map.groupBy(accounts, bucketOf).values()];
  const released = await Promise.all(
    buckets.map((own) =>
      runScript<number>(
        redis,
        'release-streams',
        own.map((account) => accountKeys(account).stream),
        [owner],
      ),
    ),
  );
  return released.reduce((sum, count) => sum + count, 0);
}

/** Takes a process out of those that live, so that its accounts are the others' from now on. */
export async function endStreamBeat(redis: Redis, owner: string): Promise<void> {
  await redis.zrem(fleetKeys.streams, owner);
}
