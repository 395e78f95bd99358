import type { Redis } from 'ioredis';
import { accountKeys } from './keys.ts';
import { redisTimeMs, runScript } from './redis.ts';
import { ownerOf } from './stream-leases.ts';

/** What is known of an account's private stream, for people. */
export interface StreamPicture {
  readonly account: string;
  /** The process that holds it, or held it last; undefined = none ever did, or it was given up. */
  readonly owner: string | undefined;
  /** Its lease lives. */
  readonly live: boolean;
  /** It vouches for the account's rows. */
  readonly synced: boolean;
  /** Redis time since which it does, ms. */
  readonly sinceMs: number | undefined;
  /** Why it was lost the last time. */
  readonly why: string | undefined;
}

/**
 * Begins a session: frames come from now on, and what rows held before is not vouched for. `session` is random, of this
 * connection only. Resolves with false, and changes nothing, where the process does not hold the lease.
 */
export async function openSession(redis: Redis, account: string, holder: string, session: string): Promise<boolean> {
  return (await runScript(redis, 'open-stream-session', [accountKeys(account).stream], [holder, session])) === 1;
}

/**
 * Has a session vouch for the account's rows, after they were read and while every frame is patched in. Resolves with false,
 * and changes nothing, where the process does not hold the lease or the session is over.
 */
export async function markSynced(redis: Redis, account: string, holder: string, session: string): Promise<boolean> {
  return (await runScript(redis, 'mark-stream-synced', [accountKeys(account).stream], [holder, session])) === 1;
}

/** Ends what the process's stream of an account vouches for. Resolves with false where the stream is another process's. */
export async function endSession(redis: Redis, account: string, holder: string, why: string): Promise<boolean> {
  return (await runScript(redis, 'end-stream-session', [accountKeys(account).stream], [holder, why])) === 1;
}

/** Whether the whole account has been read since this session of its stream was opened, and still counts. */
export async function isListedUnder(redis: Redis, account: string, session: string): Promise<boolean> {
  const { positionListing, ordersListing } = accountKeys(account);
  const read = await Promise.all([positionListing, ordersListing].map((listing) => redis.hget(listing, 'session')));
  return session !== '' && read.every((under) => under === session);
}

/** The streams of these accounts in the order asked. */
export async function readStreams(redis: Redis, accounts: readonly string[]): Promise<readonly StreamPicture[]> {
  const [nowMs, ...streams] = await Promise.all([
    redisTimeMs(redis),
    ...accounts.map((account) => redis.hgetall(accountKeys(account).stream)),
  ]);
  return streams.map(({ holder, until, session = '', synced, since, why }, at) => {
    const owner = holder === undefined ? undefined : ownerOf(holder);
    const live = Number(until ?? 0) > nowMs;
    const isSynced = vouchingSession([session, synced, until], nowMs) !== '';
    const sinceMs = isSynced && since !== undefined ? Number(since) : undefined;
    return { account: accounts[at] ?? '', owner, live, synced: isSynced, sinceMs, why };
  });
}

/** The session that vouches for an account's rows, of the fields session, synced and until; '' = none. As include/live-session.lua has it. */
export function vouchingSession(
  [session, synced, until]: readonly (string | null | undefined)[],
  nowMs: number,
): string {
  return synced === '1' && Number(until ?? 0) > nowMs ? (session ?? '') : '';
}
