import type { EndpointClass } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { noteKeyRefusal, readAccounts, setAccounts, takeBudget } from '../src/index.ts';
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

test('a key that is refused pauses the writes of its account for a while, not its reads, and no other account', async () => {
  await noteKeyRefusal(server.redis, 'main', '10005: permission denied');
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
