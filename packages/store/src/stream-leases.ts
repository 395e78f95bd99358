import { randomUUID } from 'node:crypto';
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

/**
 * `claimed`: it was nobody's until now, the lease had run out, or the session that was named is over: nothing is vouched for.
 * `namesake`: it is not held, another process of the same name holds it: the one before this one, whose lease has not run out yet,
 * or one that should not be. Nothing tells the two apart but that the first renews no more, so no lease is cut short for it.
 */
export type StreamHold = 'claimed' | 'renewed' | 'namesake';

/**
 * Under what a process holds its leases, its *holder*: its name, and what no other process of that name has. Its *owner* is the name
 * alone: for people, and for who has what share.
 */
export function streamHolder(name: string): string {
  return `${name}${MARK}${randomUUID()}`;
}

/** The name of the process in a holder. */
export function ownerOf(holder: string): string {
  const at = holder.lastIndexOf(MARK);
  return at < 0 ? holder : holder.slice(0, at);
}

const MARK = '#';

/** Tells the other stream processes that this one lives, once a second. Resolves with all that live, sorted. */
export async function streamBeat(redis: Redis, owner: string): Promise<readonly string[]> {
  const owners = await runScript<string[]>(redis, 'stream-beat', [fleetKeys.streams], [owner, ALIVE_FOR_MS]);
  return owners.toSorted();
}

/**
 * Claims or renews the leases of these accounts, once a second; resolves with those that are held by this process now, and with
 * those that a namesake holds. The lease of another process is not taken while it lives. A session that is not the named one ends: it
 * vouches for nothing more.
 */
export async function holdStreams(
  redis: Redis,
  holder: string,
  claims: readonly StreamClaim[],
  leaseMs = STREAM_LEASE_MS,
): Promise<ReadonlyMap<string, StreamHold>> {
  const buckets = [...Map.groupBy(claims, ({ account }) => bucketOf(account)).values()];
  const holds = await Promise.all(buckets.map((own) => holdBucket(redis, holder, own, leaseMs)));
  return new Map(holds.flat());
}

async function holdBucket(
  redis: Redis,
  holder: string,
  claims: readonly StreamClaim[],
  leaseMs: number,
): Promise<readonly (readonly [account: string, hold: StreamHold])[]> {
  const keys = claims.map(({ account }) => accountKeys(account).stream);
  const args = [holder, leaseMs, ...claims.map(({ session }) => session)];
  const held = await runScript<(number | string)[]>(redis, 'hold-streams', keys, args);
  return claims.flatMap(({ account }, at) => {
    const hold = holdOf(held[at], holder);
    return hold === undefined ? [] : [[account, hold] as const];
  });
}

function holdOf(held: number | string | undefined, holder: string): StreamHold | undefined {
  if (held === 1) return 'claimed';
  if (held === 2) return 'renewed';
  return ownerOf(String(held)) === ownerOf(holder) ? 'namesake' : undefined;
}

/** Gives up these accounts, whatever they vouched for: other processes may claim them at once. Resolves with how many it held. */
export async function releaseStreams(redis: Redis, holder: string, accounts: readonly string[]): Promise<number> {
  const buckets = [...Map.groupBy(accounts, bucketOf).values()];
  const released = await Promise.all(
    buckets.map((own) =>
      runScript<number>(
        redis,
        'release-streams',
        own.map((account) => accountKeys(account).stream),
        [holder],
      ),
    ),
  );
  return released.reduce((sum, count) => sum + count, 0);
}

/** Takes a process out of those that live, so that its accounts are the others' from now on. */
export async function endStreamBeat(redis: Redis, owner: string): Promise<void> {
  await redis.zrem(fleetKeys.streams, owner);
}
