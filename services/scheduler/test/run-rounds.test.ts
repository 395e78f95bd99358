import { initialState, toJson } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import { bucketKeys, bucketOf, putPlans, takeDue } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runRounds } from '../src/run-rounds.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  await server.redis.flushdb();
});
afterAll(async () => {
  await server.stop();
});

test('a round of few makes all of them due at once; one of many spreads them', async () => {
  expect((await opened(36)).size).toBe(1);

  await server.redis.flushdb();
  expect((await opened(60)).size).toBeGreaterThan(10);
});

/** The times at which so many monitors of one account, none of them due soon, are due when a round opens. */
async function opened(count: number): Promise<ReadonlySet<string | undefined>> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const plans = Array.from({ length: count }, (_, at) => ({
    plan: aPlan({ id: `plan${String(at).padStart(8, '0')}`, account: 'main', symbol: `COIN${at}USDT` }),
    states,
  }));
  expect((await putPlans(server.redis, plans)).accepted).toHaveLength(count);
  const all = { limit: count, aheadMs: 60_000 };
  expect(await takeDue(server.redis, bucketOf('main'), 'tp-sl', all)).toHaveLength(count);

  expect(await runRounds(server.redis, { everyMs: 1_000 })).toEqual({ closed: undefined, open: true });
  const due = await server.redis.zrange(bucketKeys(bucketOf('main')).due('tp-sl'), 0, '-1', 'WITHSCORES');
  return new Set(due.filter((_value, at) => at % 2 === 1));
}
