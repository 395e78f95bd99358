import { LANES, type Lane } from '@backstop/core';
import type { Redis } from 'ioredis';
import { accountKeys, bucketKeys } from './keys.ts';
import { fromMember, slotOf, toMember, type MonitorRef } from './monitor-ref.ts';
import { runScript } from './redis.ts';

/** How far a due time that is taken, or that a check consumes, moves on, ms: when the check is lost, the monitor is due again by then. */
export const CHECK_LEASE_MS = 15_000;

interface DueLimits {
  readonly limit: number;
  readonly leaseMs?: number;
}

/**
 * Takes at most `limit` monitors of a bucket whose due time has come, the longest due first. Each is due again after the
 * lease unless a check records another time: several takers are safe, and none loses a monitor by dying.
 */
export async function takeDue(
  redis: Redis,
  bucket: number,
  lane: Lane,
  { limit, leaseMs = CHECK_LEASE_MS }: DueLimits,
): Promise<readonly MonitorRef[]> {
  const members = await runScript<string[]>(redis, 'take-due', [bucketKeys(bucket).due(lane)], [limit, leaseMs]);
  return members.map(fromMember);
}

/** Makes an active monitor due now in one lane. Returns false, and does nothing, for one that is not active. */
export async function setDueNow(redis: Redis, ref: MonitorRef, lane: Lane): Promise<boolean> {
  return setDueWithin(redis, ref, lane, 0);
}

/** The same within `ms`; a monitor that is due sooner stays so. */
export async function setDueWithin(redis: Redis, ref: MonitorRef, lane: Lane, ms: number): Promise<boolean> {
  const keys = accountKeys(ref.account);
  const args = [slotOf(ref), ref.monitorId, toMember(ref), ms];
  return (await runScript(redis, 'set-due-within', [keys.active, keys.due(lane)], args)) === 1;
}

/** So much longer than all others, ms, a monitor that goes first counts as due. */
const AHEAD_MS = 3_600_000;
/** A position without a stop goes before all others, but after the reads of accounts that may hold any number of them. */
export const BARE_AHEAD_MS = AHEAD_MS / 2;

/** Puts a monitor before all others that are due in the lane of the stops: its check reads an account of which nothing is known. */
export async function setDueFirst(redis: Redis, ref: MonitorRef): Promise<boolean> {
  return setDueWithin(redis, ref, 'tp-sl', -AHEAD_MS);
}

/** Puts a monitor whose position has no stop before all others that are due but those of `setDueFirst`. */
export async function setDueBare(redis: Redis, ref: MonitorRef): Promise<boolean> {
  return setDueWithin(redis, ref, 'tp-sl', -BARE_AHEAD_MS);
}

/** How many monitors of a bucket are due in a lane by now: the backlog. */
export async function countDue(redis: Redis, bucket: number, lane: Lane): Promise<number> {
  return runScript<number>(redis, 'count-due', [bucketKeys(bucket).due(lane)], []);
}

/**
 * Opens a round of checks: every active monitor of the bucket becomes due within `jitterMs`, spread evenly, in each lane that
 * it is due in at all, and never later than it was. Returns the number of monitors.
 */
export async function openRound(redis: Redis, bucket: number, jitterMs: number): Promise<number> {
  const keys = bucketKeys(bucket);
  return runScript<number>(redis, 'open-round', LANES.map(keys.due), [jitterMs]);
}

/** The active monitor of a bucket whose last completed check (or, before its first, its acceptance) is the longest ago. */
export interface OldestChecked {
  readonly member?: MonitorRef;
  /** Redis time of that check, ms. */
  readonly atMs?: number;
  /** Active monitors of the bucket. */
  readonly count: number;
}

/** Tells how far behind the checks of a bucket are; without member and time when it has no monitors. */
export async function oldestChecked(redis: Redis, bucket: number): Promise<OldestChecked> {
  const { checked } = bucketKeys(bucket);
  const [oldest, count] = await Promise.all([redis.zrange(checked, 0, '0', 'WITHSCORES'), redis.zcard(checked)]);
  const [member, score] = oldest;
  return member === undefined ? { count } : { member: fromMember(member), atMs: Number(score), count };
}
