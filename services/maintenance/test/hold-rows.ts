import { initialState, toJson, type OrderRow, type Plan, type PositionRow } from '@backstop/core';
import { anInstrument } from '@backstop/core/testing';
import {
  accountKeys,
  beginFlight,
  bucketOf,
  landAudit,
  putInstruments,
  putPlans,
  readCheck,
  redisTimeMs,
  type MonitorRef,
  type Redis,
} from '@backstop/store';

/** Rows of one account as the exchange shows them. */
export interface Shown {
  readonly positions?: readonly PositionRow[];
  readonly orders?: readonly OrderRow[];
}

/** Accepts plans of one account and lands one reading of it, which a synced stream vouches for where there is one. */
export async function holdRows(
  redis: Redis,
  plans: readonly Plan[],
  { positions = [], orders = [] }: Shown,
): Promise<readonly MonitorRef[]> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const { accepted } = await putPlans(
    redis,
    plans.map((plan) => ({ plan, states })),
  );
  const account = accepted[0]?.account;
  if (account === undefined) throw new Error('not accepted');
  const rules = accepted.map(({ symbol }) => [symbol, { ...anInstrument(), symbol }] as const);
  await putInstruments(redis, bucketOf(account), new Map(rules));
  for (const ref of accepted) await readCheck(redis, ref, 'tp-sl', 'token'); // what was asked for is consumed
  await land(redis, account, { places: accepted, positions, orders });
  return accepted;
}

/** Lands another reading of these places. */
export async function land(
  redis: Redis,
  account: string,
  { places, positions = [], orders = [] }: Shown & { readonly places: readonly MonitorRef[] },
): Promise<void> {
  const flight = await beginFlight(redis, account, 'account', { flightId: 'flight', ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  const { startMs, epoch, session } = flight;
  await landAudit(redis, account, { flightId: 'flight', startMs, epoch, session, places, positions, orders });
  while ((await redisTimeMs(redis)) <= startMs); // prices of the same millisecond are not newer
}

/** The account has a live stream for the next minute. */
export async function holdStream(redis: Redis, account: string, synced: '0' | '1'): Promise<void> {
  const until = (await redisTimeMs(redis)) + 60_000;
  await redis.hset(accountKeys(account).stream, { owner: 'stream', session: 'session', synced, until });
}

/** How many scripts Redis has run: what costs time where there are many monitors. */
export async function countScripts(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  const calls = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}
