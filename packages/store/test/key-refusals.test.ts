import type { EndpointClass } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { budgetKeys, noteKeyRefusal, pauseWrites, readAccounts, setAccounts, takeBudget } from '../src/index.ts';
import { listBlocks } from '../src/budget-blocks.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushdb());

async function mayWrite(account: string, endpoint: EndpointClass): Promise<boolean> {
  return (await takeBudget(server.redis, { account, endpoint, cost: 1, lane: 'protective' })).granted;
}

test('a refusal that is only noted holds nothing back: another worker may have a key that is taken', async () => {
  await noteKeyRefusal(server.redis, 'main', '10003: unknown key');
  for (const endpoint of ['order-create', 'trading-stop'] as const) expect(await mayWrite('main', endpoint)).toBe(true);
});

test('however often writes are refused, a stop waits for a second at most, and others for five', async () => {
  await pauseWrites(server.redis, 'main');
  for (let round = 0; round < 4; round += 1) {
    const marks = ['order-create', 'trading-stop'].map((endpoint) => `${budgetKeys.account('main', endpoint)}:marks`);
    for (const key of marks)
      await server.redis.hset(key, 'blocked', Number((await server.redis.time())[0]) * 1_000 - 1);
    await pauseWrites(server.redis, 'main');
  }
  const blocks = new Map((await listBlocks(server.redis, 'main')).map(({ scope, forMs }) => [scope, forMs]));
  expect(blocks.get('trading-stop')).toBeGreaterThan(0);
  expect(blocks.get('trading-stop')).toBeLessThanOrEqual(1_000);
  expect(blocks.get('order-create')).toBeGreaterThan(1_000);
  expect(blocks.get('order-create')).toBeLessThanOrEqual(5_000);
});

test('a refused write pauses the writes of its account for a while, not its reads, and no other account', async () => {
  await pauseWrites(server.redis, 'main');
  for (const endpoint of ['order-create', 'order-amend-batch', 'order-cancel', 'trading-stop'] as const) {
    expect(await mayWrite('main', endpoint)).toBe(false);
    expect(await mayWrite('other', endpoint)).toBe(true);
  }
  expect(await mayWrite('main', 'position-list')).toBe(true);
  expect(await mayWrite('main', 'order-realtime')).toBe(true);
});

test('refusals are counted from the first on, with the last words, and are over when none has come for a while', async () => {
  await setAccounts(server.redis, ['main']);
  await noteKeyRefusal(server.redis, 'main', '10003: unknown key');
  await noteKeyRefusal(server.redis, 'main', '33004: the key has expired');
  const [refused] = await readAccounts(server.redis, []);
  const { sinceMs = 0, lastMs = 0, ...rest } = refused?.keyRefusal ?? {};
  expect(rest).toEqual({ count: 2, why: '33004: the key has expired' });
  expect(lastMs).toBeGreaterThanOrEqual(sinceMs);
  const [key = ''] = await server.redis.keys('*refusal*');
  expect(await server.redis.pttl(key)).toBeGreaterThan(0);
  expect(await server.redis.pttl(key)).toBeLessThanOrEqual(60_000);
});
