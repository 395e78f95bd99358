import { initialState, toJson, type Exchange, type Plan } from '@backstop/core';
import { anExecution, aPlan, INSTALLATION, PLAN_ID } from '@backstop/core/testing';
import {
  abandonFlight,
  accountKeys,
  beginFlight,
  cancelFlight,
  executionCursor,
  keepInstallation,
  peekCheck,
  putPlans,
  replayExecutions,
  type MonitorRef,
} from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { flyExecutions } from '../src/fly-executions.ts';

const REF: MonitorRef = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: PLAN_ID };
const OWN = { account: 'main', signal: AbortSignal.timeout(60_000) };
/** Accepted an hour before anything is read. */
const ACCEPTED_MS = Date.now() - 3_600_000;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushdb());

/** Reads an exchange that has one fill of the plan's entry, from before the last minute; something may happen meanwhile. */
async function readExecutions(meanwhile = () => Promise.resolve()): Promise<unknown> {
  const flightId = 'f';
  const flight = await beginFlight(server.redis, 'main', 'executions', { flightId, ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  const fill = anExecution({ timeMs: ACCEPTED_MS + 1_000 });
  const executions: Exchange['executions'] = async ({ sinceMs }) => {
    await meanwhile();
    return fill.timeMs >= sinceMs ? [fill] : [];
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whatever else is called fails the test
  const exchange = { executions } as Exchange;
  const log = { warn: () => undefined };
  try {
    return await flyExecutions(OWN, { ...flight, flightId }, { redis: server.redis, exchangeOf: () => exchange, log });
  } finally {
    await cancelFlight(server.redis, 'main', 'executions', { flightId });
  }
}

async function restorePlan(plan: Partial<Plan> = {}): Promise<void> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  await putPlans(server.redis, [{ plan: aPlan({ createdAtMs: ACCEPTED_MS, ...plan }), states }]);
  await replayExecutions(server.redis, 'main');
}

async function bookedLegs(): Promise<readonly string[]> {
  return [...(await peekCheck(server.redis, REF)).executed.keys()];
}

test('F-11 fills of plans that come back while executions are read are booked to their legs by the next read, not lost to it', async () => {
  const comeBack = async (): Promise<void> => {
    await keepInstallation(server.redis, INSTALLATION);
    await restorePlan();
  };
  await restorePlan({ id: 'planbbbbbbbb', symbol: 'OTHERUSDT', createdAtMs: Date.now() });
  await expect(readExecutions(comeBack)).rejects.toMatchObject({ reason: 'not-sent' });
  expect(await executionCursor(server.redis, 'main')).toBeUndefined();
  await readExecutions();
  expect(await bookedLegs()).toEqual(['e0']);
});

test('of an account without plans no executions are asked for, and a back-off stands; its first plan reads from its own beginning', async () => {
  let asked = 0;
  const count = async (): Promise<void> => {
    asked += 1;
  };
  const why = '10016: overloaded';
  await abandonFlight(server.redis, 'main', 'account', { flightId: 'g', why });
  await server.redis.hset(accountKeys('main').failure, 'until', 0);
  expect(await readExecutions(count)).toEqual({ waiters: [] });
  expect([asked, await executionCursor(server.redis, 'main')]).toEqual([0, undefined]);
  expect(await server.redis.hget(accountKeys('main').failure, 'why')).toBe(why);

  await keepInstallation(server.redis, INSTALLATION);
  await restorePlan();
  await readExecutions(count);
  expect([asked, await bookedLegs()]).toEqual([1, ['e0']]);
});
