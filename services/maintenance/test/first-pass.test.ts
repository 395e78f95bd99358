import { initialState, toJson } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import { putPlans, redisTimeMs, touchChecked, type MonitorRef } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { firstPass } from '../src/first-pass.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => server.redis.flushdb());
afterAll(() => server.stop());

const forever = new AbortController().signal;
const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };

test('the first pass is over when each monitor has been checked, and at once where there are none', async () => {
  expect(await firstPass(server.redis, 60_000, forever)).toBe(true);

  const plans = [aPlan({ id: 'aaaaaaaaaaaa' }), aPlan({ id: 'bbbbbbbbbbbb', symbol: 'OTHERUSDT' })];
  const { accepted } = await putPlans(
    server.redis,
    plans.map((plan) => ({ plan, states })),
  );
  const [first, second] = accepted;
  if (first === undefined || second === undefined) throw new Error('not accepted');
  const pass = firstPass(server.redis, 60_000, forever);
  const stop = new AbortController();
  const oneOnly = firstPass(server.redis, 60_000, stop.signal);
  const check = (ref: MonitorRef): Promise<void> => touchChecked(server.redis, ref, 'tp-sl', { dueInMs: 1_000 });
  await check(first);
  stop.abort();
  expect(await oneOnly).toBe(false);
  const begunMs = await redisTimeMs(server.redis); // what is checked in the millisecond of the beginning does not count
  while ((await redisTimeMs(server.redis)) <= begunMs);
  await Promise.all([check(first), check(second)]);
  expect(await pass).toBe(true);
});

test('what waits for it does not wait for ever for a monitor that cannot be checked, nor when the process ends', async () => {
  await putPlans(server.redis, [{ plan: aPlan(), states }]);
  const aborted = AbortSignal.abort();
  expect(await firstPass(server.redis, 60_000, aborted)).toBe(false);
  expect(await firstPass(server.redis, 0, forever)).toBe(false);
});
