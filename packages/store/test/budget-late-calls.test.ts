import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  budgetKeys,
  countFromNow,
  redisTimeMs,
  takeBudget,
  type BudgetGrant,
  type BudgetRequest,
} from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';
import { aRequest, granted } from './budget-requests.ts';

const LOG = budgetKeys.account('acc', 'order-create');
const WINDOW_MS = 1_100;
const ADDRESS_WINDOW_MS = 5_500;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushdb());

test('calls that come long after their grant would share their second with others if they did not count from then on', async () => {
  await take({ cost: 10 });
  await ago(LOG, WINDOW_MS);
  expect(await takeBudget(server.redis, aRequest({ cost: 10 }))).toMatchObject({ granted: true, cost: 10 });
});

test('calls that come long after their grant keep everybody else out of the second that they come in', async () => {
  const late = await take({ cost: 10 });
  await ago(LOG, WINDOW_MS);
  const comeMs = await redisTimeMs(server.redis);
  await countFromNow(server.redis, aRequest(), late);
  expect(await takeBudget(server.redis, aRequest())).toMatchObject({ granted: false });
  expect(await server.redis.zcount(LOG, comeMs, '+inf')).toBe(10);
});

test('they are put back where the log has forgotten them', async () => {
  const late = await take({ cost: 10 });
  await ago(LOG, 3 * WINDOW_MS);
  await take();
  expect(await server.redis.zcard(LOG)).toBe(1);
  await countFromNow(server.redis, aRequest(), late);
  expect(await server.redis.zcard(LOG)).toBe(11);
});

test.each(['order-create', 'market'] as const)(
  'one of %s keeps the last request of the address from others',
  async (endpoint) => {
    const late = await take({ endpoint });
    await ago(budgetKeys.address, ADDRESS_WINDOW_MS);
    await fillAddress(599);
    await countFromNow(server.redis, aRequest({ endpoint }), late);
    expect(await takeBudget(server.redis, aRequest())).toMatchObject({ granted: false });
  },
);

/** A grant that must be given. */
function take(changes: Partial<BudgetRequest> = {}): Promise<BudgetGrant> {
  return granted(server.redis, changes);
}

/** Moves all that a log holds back in time, as if it had been granted so long before. */
async function ago(log: string, ms: number): Promise<void> {
  const calls = await server.redis.zrange(log, '0', '-1');
  for (const call of calls) await server.redis.zincrby(log, -ms, call);
}

/** So many requests of the address, just now. */
async function fillAddress(requests: number): Promise<void> {
  const nowMs = await redisTimeMs(server.redis);
  const calls = Array.from({ length: requests }, (_, nth) => [nowMs, `other ${nth}`]).flat();
  await server.redis.zadd(budgetKeys.address, ...calls);
}
