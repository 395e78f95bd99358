import { randomUUID } from 'node:crypto';
import { beginFlight, redisTimeMs, type FlightScope, type Waiter } from '@backstop/store';
import type { DeskDeps } from './desk.ts';

/** What one wants to read, for how long nobody else may, and who is to be told if somebody else reads it. */
export interface TakeOff {
  readonly account: string;
  readonly scope: FlightScope;
  readonly ttlMs: number;
  readonly waiter?: Waiter;
}

/** A read that has begun: who flies it, and the start, epoch and session that it was given. */
export interface Flight {
  readonly flightId: string;
  readonly startMs: number;
  readonly epoch: number;
  readonly session: string;
}

/** Why a read may not begin now: somebody else's of that scope is under way, or reads of the account rest for so long. */
export type Grounded = { readonly end: 'grounded' } & (
  | { readonly why: 'held' }
  | { readonly why: 'resting'; readonly forMs: number }
);

/** Begins the one read of an account and scope that may be under way over all processes. */
export async function takeOff(
  { account, scope, ...request }: TakeOff,
  { redis }: Pick<DeskDeps, 'redis'>,
): Promise<Flight | Grounded> {
  const flightId = randomUUID();
  const start = await beginFlight(redis, account, scope, { ...request, flightId });
  if (start.won) return { ...start, flightId };
  if ('holderUntilMs' in start) return { end: 'grounded', why: 'held' };
  const forMs = Math.max(start.failedUntilMs - (await redisTimeMs(redis)), 1);
  return { end: 'grounded', why: 'resting', forMs };
}
