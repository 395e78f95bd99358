import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMPILE_CACHE, isRunning } from '@backstop/runtime';
import { supervise } from '../src/up/supervise.ts';
import type { Child, ChildSpec } from '../src/up/supervise.ts';

let dir = '';
let children: Child[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'supervise-'));
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.stop(100)));
  children = [];
  await rm(dir, { recursive: true, force: true });
});

/** Starts a program of these lines and notes what its watcher is told. */
async function start(
  body: string,
  change: Partial<ChildSpec> = {},
): Promise<{ child: Child; told: string[]; log: () => Promise<string> }> {
  const program = path.join(dir, 'program.mjs');
  const logFile = path.join(dir, 'program.log');
  await writeFile(program, `setInterval(() => {}, 1000);\n${body}`);
  const told: string[] = [];
  const child = await supervise(
    { name: 'probe', program, env: process.env, logFile, restart: true, ...change },
    {
      started: (name) => void told.push(`${name} started`),
      died: (name, how) => void told.push(`${name} died: ${how}`),
    },
  );
  children.push(child);
  return { child, told, log: () => readFile(logFile, 'utf8') };
}

test('a process that is killed is started again', async () => {
  const { child, told, log } = await start(`console.log('up');`);
  await expect.poll(log).toBe('up\n');
  const first = child.identity();
  process.kill(first.pid, 'SIGKILL');

  await expect.poll(log).toBe('up\nup\n');
  expect(told).toEqual(['probe started', 'probe died: SIGKILL', 'probe started']);
  expect(isRunning(first)).toBe(false);
  expect(isRunning(child.identity())).toBe(true);
});

test('one that must not be started again stays dead, and its watcher is told', async () => {
  const { child, told } = await start(`process.exit(3);`, { restart: false });
  await expect.poll(() => told).toEqual(['probe started', 'probe died: exit code 3']);
  await child.stop(100);
  expect(told).toHaveLength(2);
});

test('a process that is stopped gets the time to end by itself and is not started again', async () => {
  const { child, told, log } = await start(
    `process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); console.log('up');`,
  );
  await expect.poll(log).toBe('up\n');
  await child.stop(5_000);
  expect(await log()).toBe('up\ndrained\n');
  expect(told).toEqual(['probe started']);
  expect(isRunning(child.identity())).toBe(false);
});

test('a process that does not end in time is killed', async () => {
  const { child, log } = await start(`process.on('SIGTERM', () => {}); console.log('up');`);
  await expect.poll(log).toBe('up\n');
  await child.stop(50);
  expect(isRunning(child.identity())).toBe(false);
});

test('what Node compiles of a process is kept for its next start, where nobody has said where', async () => {
  const own = await start(`console.log(process.env.NODE_COMPILE_CACHE);`);
  await expect.poll(own.log).toBe(`${COMPILE_CACHE}\n`);
  const given = await start(`console.log(process.env.NODE_COMPILE_CACHE);`, { env: { NODE_COMPILE_CACHE: dir } });
  await expect.poll(given.log).toContain(`${dir}\n`);
});
