import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { listen } from './listen.ts';
import { sleep } from './lifecycle.ts';
import { endProcess, identify } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { answersPing } from './redis-ping.ts';

const START_MS = 15_000;
const POLL_MS = 20;
/** A Unix socket's address holds 108 bytes with its end mark; and the path stands in a URL, so it must be plain. */
const SOCKET_PATH = /^[\w./-]{1,107}$/;

/** What Redis must be set to (DESIGN section 6), wherever it runs. The old name of listpack-value is known to every version. */
export const REDIS_SETTINGS: readonly string[] = Object.entries({
  appendonly: 'yes',
  appendfsync: 'everysec',
  save: '',
  'maxmemory-policy': 'noeviction',
  'hash-max-ziplist-value': '1024',
}).flatMap(([name, value]) => [`--${name}`, value]);

/** Where a Redis listens, as URL and as its own arguments. */
export interface RedisPlace {
  readonly url: string;
  readonly args: readonly string[];
}

/** A Unix socket in the folder, or a free loopback port where the folder's path is too long for one. */
export async function choosePlace(dir: string): Promise<RedisPlace> {
  const socket = path.resolve(dir, 'redis.sock');
  if (SOCKET_PATH.test(socket)) {
    return { url: `unix://${socket}`, args: ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'] };
  }
  const port = await freePort();
  return { url: `redis://127.0.0.1:${port}`, args: ['--bind', '127.0.0.1', '--port', String(port)] };
}

/** Starts a Redis as a process apart, and resolves when it answers. Rejects with the end of its log when it does not. */
export async function spawnRedis(program: string, dir: string, { url, args }: RedisPlace): Promise<ProcessIdentity> {
  const logFile = path.join(dir, 'redis.log');
  const child = spawn(program, [...args, '--dir', dir, '--logfile', logFile, ...REDIS_SETTINGS], {
    detached: true,
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity !== undefined) {
    if (await answersSoon(url, child)) return identity;
    await endProcess(identity, 1_000);
  }
  throw new Error(`${program} did not start: ${await lastLines(logFile)}`);
}

async function answersSoon(url: string, child: ChildProcess): Promise<boolean> {
  const deadlineMs = performance.now() + START_MS;
  while (child.exitCode === null && performance.now() < deadlineMs) {
    if (await answersPing(url, 1_000)) return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  server.close();
  await once(server, 'close');
  return port;
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => 'it wrote no log');
  return text.trim().split('\n').slice(-3).join(' | ');
}
