import { randomInt } from 'node:crypto';
import { fromJson, toJson } from '@backstop/core';
import type { Redis } from 'ioredis';
import { fleetKeys } from './keys.ts';
import { redisTimeMs, runScript } from './redis.ts';

/** What a process says of itself with each beat. `name` is unique among the processes that run. */
export interface ProcessBeat {
  readonly name: string;
  readonly service: string;
  readonly pid: number;
  readonly url: string;
  readonly startedAtMs: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** A beat as it was last heard, at `atMs` (Redis time). A process that has ended stays, not alive, until it is forgotten. */
export interface ProcessSeen extends ProcessBeat {
  readonly atMs: number;
  readonly alive: boolean;
}

const ALIVE_FOR_MS = 3_000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Tells the others that this process lives. To be called once a second. */
export async function beat(redis: Redis, process: ProcessBeat): Promise<void> {
  const { name, ...rest } = process;
  await runScript(redis, 'beat', [fleetKeys.processes], [name, toJson(rest)]);
}

/** All processes that were heard of, by name. Alive = heard within the last 3 s. */
export async function listProcesses(redis: Redis): Promise<readonly ProcessSeen[]> {
  const [nowMs, beats] = await Promise.all([redisTimeMs(redis), redis.hgetall(fleetKeys.processes)]);
  return Object.entries(beats)
    .map(([name, text]) => toProcess(name, text, nowMs))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Forgets processes that were not heard of for longer than this. Resolves with their names. */
export async function forgetProcesses(redis: Redis, olderThanMs: number): Promise<readonly string[]> {
  const nowMs = await redisTimeMs(redis);
  const silent = (await listProcesses(redis)).filter(({ atMs }) => nowMs - atMs > olderThanMs).map(({ name }) => name);
  if (silent.length > 0) await redis.hdel(fleetKeys.processes, ...silent);
  return silent;
}

/** The installation's three letters in every orderLinkId (S-24): chosen by the first process that asks, then kept for good. */
export async function installation(redis: Redis): Promise<string> {
  const chosen = Array.from({ length: 3 }, () => BASE32[randomInt(BASE32.length)]).join('');
  await redis.set(fleetKeys.installation, chosen, 'NX');
  const id = await redis.get(fleetKeys.installation);
  if (id === null) throw new Error(`${fleetKeys.installation} was removed while it was read`);
  return id;
}

/** The letters where some were chosen, without choosing any; undefined = none were. */
export async function peekInstallation(redis: Redis): Promise<string | undefined> {
  return (await redis.get(fleetKeys.installation)) ?? undefined;
}

/** Takes over the letters that the archive has kept: Redis was lost, and working orders carry them. */
export async function keepInstallation(redis: Redis, letters: string): Promise<void> {
  await redis.set(fleetKeys.installation, letters);
}

/** Names the accounts that this installation works on, in place of those named before. */
export async function setAccounts(redis: Redis, accounts: readonly string[]): Promise<void> {
  const change = redis.multi().del(fleetKeys.accounts);
  if (accounts.length > 0) change.sadd(fleetKeys.accounts, ...accounts);
  await change.exec();
}

export async function listAccounts(redis: Redis): Promise<readonly string[]> {
  return (await redis.smembers(fleetKeys.accounts)).toSorted();
}

function toProcess(name: string, text: string, nowMs: number): ProcessSeen {
  const space = text.indexOf(' ');
  const atMs = Number(text.slice(0, space));
  const said = fromJson<Omit<ProcessBeat, 'name'>>(text.slice(space + 1));
  return { name, ...said, atMs, alive: nowMs - atMs <= ALIVE_FOR_MS };
}
