import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decimal, initialState, toJson } from '@backstop/core';
import type { Plan } from '@backstop/core';
import { identify, openLog, startRedisServer } from '@backstop/runtime';
import type { RedisServer } from '@backstop/runtime';
import { beat, connectRedis, maintenanceWorker, putPlans, setAccounts } from '@backstop/store';
import { runProgram } from '../src/program.ts';
import { writeRun } from '../src/run-file.ts';

let dir = '';
let server: RedisServer;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'verbs-'));
  server = await startRedisServer({
    dir,
    log: openLog({ service: 'test', level: 'silent' }),
    env: { PATH: process.env['PATH'] },
  });
  const redis = connectRedis(server.url, 'test');
  await redis.connect();
  await setAccounts(redis, ['main']);
  await beat(redis, {
    name: 'worker-1',
    service: 'worker',
    pid: 4_711,
    url: 'http://127.0.0.1:4000',
    startedAtMs: Date.now(),
    counters: { decisions: 12, jobsCompleted: 34 },
  });
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  await putPlans(redis, [{ plan, states }]);
  redis.disconnect();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const plan: Plan = {
  id: 'aaaaaaaaaaaa',
  account: 'main',
  symbol: 'SOLUSDT',
  positionIdx: 0,
  side: 'Buy',
  entries: [{ leg: 'e1', type: 'Market', qty: decimal('1') }],
  takeProfits: [{ leg: 't1', price: decimal('104'), share: decimal('1') }],
  stopLoss: { triggerPrice: decimal('95'), triggerBy: 'LastPrice' },
  marketEntryDeadlineMs: 0,
  takerFeeRate: 0n,
  createdAtMs: 0,
  restoreEpoch: 0,
};

async function say(args: readonly string[], env: NodeJS.ProcessEnv = { REDIS_URL: server.url }): Promise<string> {
  const lines: string[] = [];
  await runProgram(args, {
    env,
    signal: AbortSignal.timeout(10_000),
    print: (text) => void lines.push(text),
    warn: () => undefined,
  });
  return lines.join('\n');
}

test('status shows monitors, accounts, processes and queues, and does not pretend to know what was never read', async () => {
  const text = await say(['status']);
  expect(text).toMatch(/main +SOLUSDT +Buy +waiting +\? +\? +\?/);
  expect(text).toMatch(/main +1 +0 of 0 +down +ok *$/m);
  expect(text).toMatch(/worker-1 +4711 +yes +12 +34 +http:\/\/127\.0\.0\.1:4000\/metrics/);
  expect(text).toMatch(/limit-order +0 +0 +0 +0/);
});

test('cache stats shows each kind of row', async () => {
  const text = await say(['cache', 'stats']);
  expect(text).toMatch(/^positions /m);
  expect(text).toMatch(/^lookups +0 +0 +0 +0 +0 +-$/m);
});

test('cache flush drops rows only', async () => {
  expect(await say(['cache', 'flush'])).toMatch(/^dropped \d+ cached rows/);
  expect(await say(['status'])).toContain('SOLUSDT');
});

test('persist tells what the maintenance service made durable', async () => {
  await using maintenance = maintenanceWorker(server.url, ({ type }) => Promise.resolve({ asked: type, drained: 7 }));
  await maintenance.ready();
  expect(await say(['persist'])).toMatch(/durable[^]*asked +persist[^]*drained +7/);
});

test('the verbs find a running installation by the file that it leaves', async () => {
  const file = path.join(dir, 'run.json');
  const owner = identify(process.pid) ?? { pid: 0, startedAt: '' };
  writeRun(file, { owner, venue: 'simulator', redisUrl: server.url, stateDir: dir, ephemeral: false, children: [] });
  expect(await say(['status'], { BACKSTOP_RUN_FILE: file })).toContain('SOLUSDT');
});

test('the file of an installation that has died is not believed', async () => {
  const file = path.join(dir, 'dead.json');
  const owner = { pid: process.pid, startedAt: 'earlier' };
  writeRun(file, { owner, venue: 'simulator', redisUrl: server.url, stateDir: dir, ephemeral: false, children: [] });
  await expect(say(['status'], { BACKSTOP_RUN_FILE: file })).rejects.toThrow('not running here');
});
