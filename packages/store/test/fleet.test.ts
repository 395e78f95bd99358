import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  beat,
  fleetKeys,
  forgetProcesses,
  installation,
  listAccounts,
  listProcesses,
  setAccounts,
  shedDecisions,
  type ProcessBeat,
} from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis({ cluster: true });
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushall());

test('a process that beats is listed as alive with what it said last', async () => {
  await beat(server.redis, aBeat('worker-2', { jobs: 1 }));
  await beat(server.redis, aBeat('worker-1', { jobs: 7 }));
  await beat(server.redis, aBeat('worker-2', { jobs: 2 }));
  const processes = await listProcesses(server.redis);
  expect(processes).toMatchObject([
    { name: 'worker-1', alive: true, counters: { jobs: 7 } },
    {
      name: 'worker-2',
      alive: true,
      counters: { jobs: 2 },
      service: 'worker',
      pid: 12,
      url: 'http://localhost:1',
      startedAtMs: 5,
    },
  ]);
});

test('a process that has not beaten for 3 s is not alive, keeps its last counters, and is forgotten when asked', async () => {
  await beat(server.redis, aBeat('worker-1', { jobs: 7 }));
  await silence('worker-1', 3_500);
  await beat(server.redis, aBeat('worker-2', {}));
  await expect(listProcesses(server.redis)).resolves.toMatchObject([
    { alive: false, counters: { jobs: 7 } },
    { alive: true },
  ]);

  await expect(forgetProcesses(server.redis, 60_000)).resolves.toEqual([]);
  await expect(forgetProcesses(server.redis, 3_000)).resolves.toEqual(['worker-1']);
  await expect(listProcesses(server.redis)).resolves.toMatchObject([{ name: 'worker-2' }]);
});

test('all processes agree on the installation, whoever asks first', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => installation(server.redis)));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^[a-z2-7]{3}$/);
});

test('the accounts of the installation are those set last', async () => {
  await setAccounts(server.redis, ['main', 'copy']);
  await setAccounts(server.redis, ['copy', 'alt', 'alt']);
  await expect(listAccounts(server.redis)).resolves.toEqual(['alt', 'copy']);
  await setAccounts(server.redis, []);
  await expect(listAccounts(server.redis)).resolves.toEqual([]);
});

test('decisions are shed only while more than 64 MB wait for the archive', () => {
  expect(shedDecisions(64 * 1024 * 1024)).toBe(false);
  expect(shedDecisions(64 * 1024 * 1024 + 1)).toBe(true);
});

function aBeat(name: string, counters: Record<string, number>): ProcessBeat {
  return { name, service: 'worker', pid: 12, url: 'http://localhost:1', startedAtMs: 5, counters };
}

/** Moves a process's last beat into the past. */
async function silence(name: string, byMs: number): Promise<void> {
  const text = (await server.redis.hget(fleetKeys.processes, name)) ?? '';
  const space = text.indexOf(' ');
  await server.redis.hset(fleetKeys.processes, name, `${Number(text.slice(0, space)) - byMs}${text.slice(space)}`);
}
