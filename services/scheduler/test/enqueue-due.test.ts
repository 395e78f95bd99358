import { initialState, toJson } from '@backstop/core';
import { aPlan } from '@backstop/core/testing';
import { bucketKeys, bucketOf, countDue, openQueues, putPlans, type Queues } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { enqueueDue } from '../src/enqueue-due.ts';

let server: TestRedis;
let queues: Queues;

beforeAll(async () => {
  server = await startRedis();
  queues = openQueues(server.url);
});
beforeEach(async () => {
  await server.redis.flushdb();
});
afterAll(async () => {
  await queues.close();
  await server.stop();
});

async function accept(count: number, account = 'main'): Promise<void> {
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const plans = Array.from({ length: count }, (_, at) => {
    const letter = String.fromCharCode('a'.charCodeAt(0) + at);
    return {
      plan: aPlan({
        id: `${letter.repeat(8)}${account.slice(0, 4).padEnd(4, letter)}`,
        account,
        symbol: `COIN${at}USDT`,
      }),
      states,
    };
  });
  expect((await putPlans(server.redis, plans)).accepted).toHaveLength(count);
}

test('each monitor that is due gets a check in each lane, and is not due again meanwhile', async () => {
  await accept(3);
  expect(await enqueueDue(server.redis, queues, 10)).toBe(6);

  expect(await queues.depths()).toMatchObject({ 'tp-sl': { sweeps: 3 }, 'limit-order': { sweeps: 3 } });
  expect(await countDue(server.redis, bucketOf('main'), 'tp-sl')).toBe(0);
  expect(await enqueueDue(server.redis, queues, 10)).toBe(0);
});

test('no more are enqueued than twice what all workers check at once: the backlog stays in the due set', async () => {
  await accept(10);
  expect(await enqueueDue(server.redis, queues, 2)).toBe(6);

  expect((await queues.depths())['tp-sl'].sweeps).toBe(4);
  expect(await countDue(server.redis, bucketOf('main'), 'tp-sl')).toBe(6);
  expect(await enqueueDue(server.redis, queues, 2)).toBe(0);
});

test('while more stops are due than there is room for, entries get a quarter of theirs, and no less than one check', async () => {
  await accept(20);
  await enqueueDue(server.redis, queues, 8);
  expect(await queues.depths()).toMatchObject({ 'tp-sl': { sweeps: 16 }, 'limit-order': { sweeps: 4 } });

  await server.redis.flushdb();
  await accept(20);
  await enqueueDue(server.redis, queues, 1);
  expect(await queues.depths()).toMatchObject({ 'tp-sl': { sweeps: 2 }, 'limit-order': { sweeps: 2 } });

  await server.redis.flushdb();
  await accept(20);
  await enqueueDue(server.redis, queues, 20);
  expect(await queues.depths()).toMatchObject({ 'tp-sl': { sweeps: 20 }, 'limit-order': { sweeps: 20 } });
});

test('whatever the buckets have due, they share the room and leave none of it', async () => {
  const accounts = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const account of accounts) await accept(account === 'a' ? 20 : 1, account);
  expect(new Set(accounts.map(bucketOf)).size).toBeGreaterThan(2); // and fewer than there is room for
  expect(await enqueueDue(server.redis, queues, 5)).toBe(10 + 4);
  expect((await queues.depths())['tp-sl'].sweeps).toBe(10);

  expect(await enqueueDue(server.redis, queues, 1_000)).toBe(2 * 25 - 10 - 4);
  expect(await queues.depths()).toMatchObject({ 'tp-sl': { sweeps: 25 }, 'limit-order': { sweeps: 25 } });
});

test('two schedulers at once take each monitor once', async () => {
  await accept(10);
  const counts = await Promise.all([enqueueDue(server.redis, queues, 20), enqueueDue(server.redis, queues, 20)]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
  expect((await queues.depths())['tp-sl'].sweeps).toBe(10);
});

test('where the queue does not take them, what was taken is due again at once', async () => {
  await accept(3);
  const away = { ...queues, sweepRoom: async () => 10, wakeMany: () => Promise.reject(new Error('the queue is away')) };
  await expect(enqueueDue(server.redis, away, 10)).rejects.toThrow('the queue is away');
  expect(await countDue(server.redis, bucketOf('main'), 'tp-sl')).toBe(3);
});

test('a bucket whose due set cannot be read holds up no other, and is told of', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `a${at}`);
  const other = names.find((name) => bucketOf(name) !== bucketOf('main')) ?? '';
  await accept(2, other);
  await server.redis.set(bucketKeys(bucketOf('main')).due('tp-sl'), 'no set');
  await expect(enqueueDue(server.redis, queues, 10)).rejects.toThrow('WRONGTYPE');
  expect(await queues.depths()).toMatchObject({ 'tp-sl': { sweeps: 2 }, 'limit-order': { sweeps: 2 } });
});
