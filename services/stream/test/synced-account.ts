import { initialState, toJson } from '@backstop/core';
import { aPlan, INSTALLATION, PLAN_ID } from '@backstop/core/testing';
import {
  beginFlight,
  holdStreams,
  keepInstallation,
  landAudit,
  listActive,
  markSynced,
  openSession,
  putPlans,
  type MonitorRef,
  type Redis,
} from '@backstop/store';

export const SESSION = 'session-1';
export const REF: MonitorRef = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: PLAN_ID };

/** Redis with two plans of an account and its stream in sync: both places are flat. */
export async function syncedAccount(redis: Redis): Promise<void> {
  await redis.flushdb();
  await keepInstallation(redis, INSTALLATION);
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const plans = [aPlan(), aPlan({ id: 'planbbbbbbbb', symbol: 'OTHERUSDT' })];
  await putPlans(
    redis,
    plans.map((plan) => ({ plan, states })),
  );
  await holdStreams(redis, 'stream-1', [{ account: 'main', session: '' }], 60_000);
  await openSession(redis, 'main', 'stream-1', SESSION);
  const flight = await beginFlight(redis, 'main', 'account', { flightId: 'f', ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  const places = await listActive(redis, 'main');
  await landAudit(redis, 'main', { ...flight, flightId: 'f', positions: [], orders: [], places });
  await markSynced(redis, 'main', 'stream-1', SESSION);
}
