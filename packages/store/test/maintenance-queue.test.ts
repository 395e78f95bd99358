import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { maintenanceWorker, openQueues, type Queues } from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';

let server: TestRedis;
let queues: Queues;
beforeAll(async () => {
  server = await startRedis();
  queues = openQueues(server.url);
  await queues.ready();
});
afterAll(async () => {
  await queues.close();
  await server.stop();
});
beforeEach(() => server.redis.flushdb());

test('a command is carried out and its reply comes back', async () => {
  await using worker = maintenanceWorker(server.url, async ({ type }) => ({ type, entries: 3 }));
  await worker.ready();
  await expect(queues.ask({ type: 'persist' }, { timeoutMs: 5_000 })).resolves.toEqual({ type: 'persist', entries: 3 });
});

test('commands asked at the same time are all answered, one after the other', async () => {
  let running = 0;
  let count = 0;
  await using worker = maintenanceWorker(server.url, async () => {
    running += 1;
    expect(running).toBe(1);
    await server.redis.ping();
    running -= 1;
    return (count += 1);
  });
  await worker.ready();
  const replies = await Promise.all(
    Array.from({ length: 5 }, () => queues.ask({ type: 'persist' }, { timeoutMs: 5_000 })),
  );
  expect(replies).toEqual([1, 2, 3, 4, 5]);
});

test('the error of a command reaches the one who asked', async () => {
  await using worker = maintenanceWorker(server.url, async () => {
    throw new Error('the archive is down');
  });
  await worker.ready();
  await expect(queues.ask({ type: 'persist' }, { timeoutMs: 5_000 })).rejects.toThrow('the archive is down');
});

test('a command that no service takes is given up and never carried out later', async () => {
  await expect(queues.ask({ type: 'persist' }, { timeoutMs: 100 })).rejects.toThrow(
    'no maintenance service took "persist" within 100 ms',
  );
  await expect(queues.depths()).resolves.toMatchObject({ maintenance: { waiting: 0, active: 0 } });
});

test('failed jobs are kept for a day and then removed', async () => {
  await using worker = maintenanceWorker(server.url, async () => {
    throw new Error('broken');
  });
  await worker.ready();
  await expect(queues.ask({ type: 'persist' }, { timeoutMs: 5_000 })).rejects.toThrow('broken');
  await expect(queues.cleanQueues()).resolves.toBe(0);

  const [job = ''] = await server.redis.zrange('{bs}:maintenance:failed', '0', '-1');
  await server.redis.zadd('{bs}:maintenance:failed', Date.now() - 90_000_000, job);
  await expect(queues.cleanQueues()).resolves.toBe(1);
  await expect(queues.depths()).resolves.toMatchObject({ maintenance: { failed: 0 } });
});
