import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify, isRunning, openLog, parseIdentity, startRedisServer } from '@backstop/runtime';
import type { ProcessIdentity } from '@backstop/runtime';
import { writeRun } from '../src/run-file.ts';
import type { Run } from '../src/run-file.ts';
import { endLeftover } from '../src/up/end-leftover.ts';

let dir = '';
let started: ChildProcess[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'leftover-'));
});

afterEach(async () => {
  for (const process of started) process.kill('SIGKILL');
  started = [];
  await rm(dir, { recursive: true, force: true });
});

const GONE: ProcessIdentity = { pid: 2 ** 22 - 1, startedAt: 'long ago' };

async function someProcess(): Promise<ProcessIdentity> {
  const process = spawn('sleep', ['60']);
  started.push(process);
  await once(process, 'spawn');
  return identify(process.pid ?? 0) ?? GONE;
}

async function runLeft(change: Partial<Run>): Promise<{ file: string; run: Run }> {
  const stateDir = path.join(dir, 'backstop-state');
  await mkdir(stateDir, { recursive: true });
  const file = path.join(dir, 'run.json');
  const run = { owner: GONE, venue: 'simulator', redisUrl: '', stateDir, ephemeral: true, children: [], ...change };
  writeRun(file, run);
  return { file, run };
}

test('the processes, the Redis and the folder of a run that died are removed', async () => {
  const child = await someProcess();
  const { file, run } = await runLeft({ children: [child, GONE] });
  const log = openLog({ service: 'test', level: 'silent' });
  await startRedisServer({
    dir: path.join(run.stateDir, 'redis'),
    log,
    env: { PATH: process.env['PATH'] },
  });
  const redis = parseIdentity(await readFile(path.join(run.stateDir, 'redis', 'redis.pid.json'), 'utf8')) ?? GONE;
  expect(isRunning(redis)).toBe(true);
  const told: string[] = [];
  await endLeftover(file, (text) => told.push(text));

  expect(isRunning(child)).toBe(false);
  expect(isRunning(redis)).toBe(false);
  expect(await readdir(dir)).toEqual([]);
  expect(told).toEqual(['ending 1 processes of an earlier run']);
});

test('a process that only has the pid of a leftover is left alone', async () => {
  const bystander = await someProcess();
  const { file } = await runLeft({
    owner: { ...bystander, startedAt: 'earlier' },
    children: [{ ...bystander, startedAt: 'earlier' }],
  });
  await endLeftover(file, () => undefined);
  expect(isRunning(bystander)).toBe(true);
  expect(await readdir(dir)).toEqual([]);
});

test('a run that is alive is no leftover', async () => {
  const [owner, parent] = [await someProcess(), await someProcess()];
  const { file } = await runLeft({ owner, parent });
  await expect(endLeftover(file, () => undefined)).rejects.toThrow(`already running (process ${owner.pid})`);
  expect(isRunning(owner)).toBe(true);
});

test('a simulated run whose starter is gone is a leftover, a run with real money never is', async () => {
  const owner = await someProcess();
  const live = await runLeft({ owner, parent: GONE, venue: 'mainnet' });
  await expect(endLeftover(live.file, () => undefined)).rejects.toThrow('already running');

  const simulated = await runLeft({ owner, parent: GONE });
  await endLeftover(simulated.file, () => undefined);
  expect(isRunning(owner)).toBe(false);
});

test('a folder that was asked to be kept is kept', async () => {
  const { file } = await runLeft({ ephemeral: false });
  await endLeftover(file, () => undefined);
  expect(await readdir(dir)).toEqual(['backstop-state']);
});

test('a run file that is none is ignored', async () => {
  await endLeftover(path.join(dir, 'none.json'), () => undefined);
  expect(await readdir(dir)).toEqual([]);
});
