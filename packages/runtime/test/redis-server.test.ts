import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify, isRunning, openLog, parseIdentity, startRedisServer } from '../src/index.ts';
import { installRedis } from '../src/redis-install.ts';
import { answersPing } from '../src/redis-ping.ts';

const log = openLog({ service: 'test', level: 'silent' });
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'backstop-redis-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** The environment without what would make a choice for the test. */
const env = { ...process.env, REDIS_URL: undefined };

test('a server of our own answers on a socket in its folder until it is disposed', async () => {
  const redis = await startRedisServer({ dir, log, env });
  expect(redis.url).toBe(`unix://${dir}/redis.sock`);
  expect(await answersPing(redis.url, 1_000)).toBe(true);

  await redis[Symbol.asyncDispose]();
  expect(await answersPing(redis.url, 1_000)).toBe(false);
});

test('a folder too deep for a socket address gets a loopback port', async () => {
  const deep = path.join(dir, 'a'.repeat(60), 'b'.repeat(60));
  await using redis = await startRedisServer({ dir: deep, log, env });
  expect(redis.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  expect(await answersPing(redis.url, 1_000)).toBe(true);
});

test('the server that a dead run left in the folder is ended before a new one starts', async () => {
  await startRedisServer({ dir, log, env });
  const leftover = identify(await pidIn(dir));
  await using second = await startRedisServer({ dir, log, env });

  expect(leftover && isRunning(leftover)).toBe(false);
  expect(await answersPing(second.url, 1_000)).toBe(true);
});

test('a process that has taken over the pid of a leftover is left alone', async () => {
  const bystander = spawn('sleep', ['60']);
  await once(bystander, 'spawn');
  await writeFile(path.join(dir, 'redis.pid.json'), JSON.stringify({ pid: bystander.pid, startedAt: 'earlier' }));
  await using redis = await startRedisServer({ dir, log, env });
  expect(await answersPing(redis.url, 1_000)).toBe(true);

  const identity = identify(bystander.pid ?? 0);
  expect(identity).toBeDefined();
  bystander.kill();
});

test('data is still there when the same folder is used again', async () => {
  const first = await startRedisServer({ dir, log, env });
  await writeKey(first.url);
  await first[Symbol.asyncDispose]();
  await using second = await startRedisServer({ dir, log, env });
  expect(await send(second.url, 'GET kept')).toContain('yes');
});

test('a server that was killed is started again with its data, at the same place', async () => {
  await using redis = await startRedisServer({ dir, log, env });
  await writeKey(redis.url);
  expect(await redis.revive()).toBe(false);
  await send(redis.url, 'CONFIG SET appendfsync always');
  await writeKey(redis.url);
  process.kill(await pidIn(dir), 'SIGKILL');
  await expect.poll(() => redis.revive()).toBe(true);

  expect(await send(redis.url, 'GET kept')).toContain('yes');
});

test('a given Redis is used and not stopped', async () => {
  await using own = await startRedisServer({ dir, log, env });
  const given = await startRedisServer({ dir, log, env: { REDIS_URL: own.url } });
  await given[Symbol.asyncDispose]();
  expect(given.url).toBe(own.url);
  expect(await answersPing(own.url, 1_000)).toBe(true);
});

test('a given Redis that does not answer is one clear sentence', async () => {
  await expect(startRedisServer({ dir, log, env: { REDIS_URL: 'redis://127.0.0.1:1' } })).rejects.toThrow(
    'REDIS_URL: no Redis answers at 127.0.0.1:1',
  );
  await expect(startRedisServer({ dir, log, env: { REDIS_URL: 'localhost' } })).rejects.toThrow(
    'expected redis://host:port',
  );
});

test('a server that cannot start tells why', async () => {
  await mkdir(path.join(dir, 'bin'));
  await writeFile(path.join(dir, 'bin', 'redis-server'), '#!/bin/sh\nexit 1\n');
  await chmod(path.join(dir, 'bin', 'redis-server'), 0o755);
  await expect(startRedisServer({ dir, log, env: { PATH: path.join(dir, 'bin') } })).rejects.toThrow('did not start');
});

test('apt-get installs under a policy that forbids services, and an older policy is put back', async () => {
  const policyFile = path.join(dir, 'policy-rc.d');
  await writeFile(policyFile, '#!/bin/sh\nexit 0\n');
  const seen = path.join(dir, 'seen');
  await fakeAptGet(`cp ${policyFile} ${seen}; echo "$@" >> ${seen}`);
  await installRedis({ env: { PATH: path.join(dir, 'bin') }, log, policyFile, isRoot: true });

  expect(await readFile(seen, 'utf8')).toMatch(/exit 101\ninstall .*redis-server\n$/);
  expect(await readFile(policyFile, 'utf8')).toContain('exit 0');
});

test('without root nothing is installed', async () => {
  const seen = path.join(dir, 'seen');
  await fakeAptGet(`touch ${seen}`);
  await installRedis({
    env: { PATH: path.join(dir, 'bin') },
    log,
    policyFile: path.join(dir, 'policy-rc.d'),
    isRoot: false,
  });
  await expect(readFile(seen)).rejects.toThrow('ENOENT');
});

async function fakeAptGet(body: string): Promise<void> {
  await mkdir(path.join(dir, 'bin'));
  for (const tool of ['cp', 'touch']) await symlink(`/bin/${tool}`, path.join(dir, 'bin', tool));
  await writeFile(path.join(dir, 'bin', 'apt-get'), `#!/bin/sh\n${body}\n`);
  await chmod(path.join(dir, 'bin', 'apt-get'), 0o755);
}

async function pidIn(folder: string): Promise<number> {
  return parseIdentity(await readFile(path.join(folder, 'redis.pid.json'), 'utf8'))?.pid ?? 0;
}

async function writeKey(url: string): Promise<void> {
  expect(await send(url, 'SET kept yes')).toContain('OK');
}

async function send(url: string, command: string): Promise<string> {
  const socket = createConnection({ path: new URL(url).pathname });
  socket.write(`${command}\r\n`);
  const [data]: unknown[] = await once(socket, 'data');
  socket.destroy();
  return String(data);
}
