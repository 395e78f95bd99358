import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openLog, startRedisServer } from '@backstop/runtime';
import { connectRedis, installation, openQueues } from '@backstop/store';
import { borrowRedis } from '../src/up/borrow-redis.ts';

test('a given Redis is left as it was found, and one that holds an installation is refused', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'borrow-'));
  await using resources = new AsyncDisposableStack();
  resources.defer(() => rm(dir, { recursive: true, force: true }));
  const log = openLog({ service: 'test', level: 'silent' });
  const server = resources.use(await startRedisServer({ dir, log, env: { PATH: process.env['PATH'] } }));
  const redis = connectRedis(server.url, 'test');
  resources.defer(() => redis.disconnect());
  await redis.connect();
  await redis.set('somebody:else', 'yes');

  const giveBack = await borrowRedis(redis);
  await installation(redis);
  const queues = openQueues(server.url);
  await queues.wake(
    { account: 'main', symbol: 'SOLUSDT', positionIdx: 0, monitorId: 'aaaaaaaaaaaa' },
    'tp-sl',
    'event',
    'operator',
  );
  await queues.close();
  await expect(borrowRedis(redis)).rejects.toThrow('name another database');

  await giveBack();
  expect(await redis.keys('*')).toEqual(['somebody:else']);
});
