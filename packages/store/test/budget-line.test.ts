import type { BudgetLane } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { budgetKeys, redisTimeMs, takeBudget } from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';
import { aRequest } from './budget-requests.ts';

/** Each member of the line comes at its score. */
const LINE = `${budgetKeys.address}:line`;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushdb());

test('protective calls that the address refuses come back one after the other, each when one more call becomes free', async () => {
  await fillAddress();
  expect(await secondsRefused(3)).toEqual([1, 2, 3]);
});

test('they do not stand behind less urgent lanes, which come when there is room for them', async () => {
  await fillAddress();
  await takeBudget(server.redis, aRequest({ lane: 'take-profit' }));
  expect(await secondsRefused(1)).toEqual([1]);
});

test('they stand behind those only who will still come', async () => {
  await fillAddress();
  const nowMs = await redisTimeMs(server.redis);
  const clockSetBackMs = nowMs + 3_600_000;
  await server.redis.zadd(LINE, ...others(nowMs - 1, 3), ...others(clockSetBackMs, 3));
  expect(await secondsRefused(1)).toEqual([1]);
});

test('they never wait for longer than until all calls of the window have become free, however many wait', async () => {
  await fillAddress();
  await server.redis.zadd(LINE, ...others((await redisTimeMs(server.redis)) + 4_000, 601));
  expect(await secondsRefused(1)).toEqual([2]);
});

test('while they wait audits ask for nothing, though there were room for them; all other lanes do', async () => {
  const nowMs = await redisTimeMs(server.redis);
  await server.redis.zadd(LINE, ...others(nowMs + 2_000, 1));
  const ask = (lane: BudgetLane) => takeBudget(server.redis, aRequest({ lane }));
  for (const lane of ['clean-up', 'entry', 'take-profit', 'protective'] as const)
    expect(await ask(lane)).toMatchObject({ granted: true });

  const audit = await ask('audit');
  expect(audit.granted ? 0 : Math.round(audit.waitMs / 1_000)).toBe(2);
  await server.redis.zadd(LINE, nowMs - 1, `other ${nowMs + 2_000} 0`);
  expect(await ask('audit')).toMatchObject({ granted: true });
});

/** The address is used up; one call becomes free in about a second, the next in two, in three, and all others in four. */
async function fillAddress(): Promise<void> {
  const atMs = (await redisTimeMs(server.redis)) - 5_500 + 100;
  const calls = [1_000, 2_000, 3_000].flatMap((inMs) => others(atMs + inMs, 1));
  await server.redis.zadd(budgetKeys.address, ...calls, ...others(atMs + 4_000, 597));
}

/** In how many seconds each of so many is told to come back; they ask together, for an account of its own each. */
async function secondsRefused(count: number): Promise<readonly number[]> {
  const asked = Array.from({ length: count }, (_, nth) => takeBudget(server.redis, aRequest({ account: `acc${nth}` })));
  return (await Promise.all(asked)).map((answer) => (answer.granted ? 0 : Math.round(answer.waitMs / 1_000)));
}

function others(atMs: number, count: number): readonly (number | string)[] {
  return Array.from({ length: count }, (_, nth) => [atMs, `other ${atMs} ${nth}`]).flat();
}
