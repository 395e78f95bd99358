import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { connectRedis } from '../src/redis.ts';
import { freePort } from './free-port.ts';

const START_LIMIT_MS = 10_000;
const DATABASES = 16;

/** A real Redis for one test file. `await using` or `stop()` ends what was started. */
export interface TestRedis extends AsyncDisposable {
  /** For `connectRedis`: `unix:///...` or `redis://...`. */
  readonly url: string;
  /** A connected client with the product's own options. */
  readonly redis: Redis;
  /** The process id of the server; undefined when TEST_REDIS_URL was given. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts `redis-server` on a unix socket, in memory only; with `cluster` as one cluster-enabled node that owns all slots,
 * which refuses a script that touches keys of two slots. TEST_REDIS_URL names a running server instead: each call then takes
 * an empty database of its own there (not with `cluster`). Rejects when no server answers within 10 s.
 */
export async function startRedis(options: { readonly cluster?: boolean } = {}): Promise<TestRedis> {
  const given = process.env['TEST_REDIS_URL'];
  return given === undefined || options.cluster === true ? startServer(options.cluster === true) : borrow(given);
}

async function startServer(cluster: boolean): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'backstop-redis-'));
  const socket = join(folder, 'redis.sock');
  const server = spawn('redis-server', await serverOptions(folder, socket, cluster), { stdio: 'ignore' });
  server.unref(); // a test that forgets to stop it still ends
  const watchdog = killWhenWeEnd(server, folder);
  const stop = async (): Promise<void> => {
    watchdog.kill('SIGKILL');
    await end(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = `unix://${socket}`;
    const redis = await connectWithin(url, server);
    if (cluster) await ownAllSlots(redis);
    return testRedis({ url, redis, pid: server.pid }, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A shell that reads a pipe of ours: it ends when we do, however that happens, and then takes the server along. */
function killWhenWeEnd({ pid }: ChildProcess, folder: string): ChildProcess {
  const script = 'cat >/dev/null; kill -9 "$1"; rm -rf "$2"';
  const watchdog = spawn('sh', ['-c', script, 'sh', `${pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return watchdog;
}

async function serverOptions(folder: string, socket: string, cluster: boolean): Promise<string[]> {
  const common = ['--dir', folder, '--unixsocket', socket, '--save', '', '--appendonly', 'no'];
  if (!cluster) return [...common, '--port', '0'];

  const port = await freePort();
  const busPort = await freePort();
  const nodes = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-port', `${busPort}`];
  return [...common, '--bind', '127.0.0.1', '--port', `${port}`, ...nodes];
}

async function connectWithin(url: string, server: ChildProcess): Promise<Redis> {
  const failed = new Promise<never>((_resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`redis-server ended with code ${code}`)));
  });
  failed.catch(() => undefined);
  return Promise.race([connectUntil(url, performance.now() + START_LIMIT_MS), failed]);
}

async function connectUntil(url: string, deadlineMs: number): Promise<Redis> {
  for (;;) {
    const redis = connectRedis(url, 'test');
    redis.on('error', () => undefined); // each failing command rejects by itself
    try {
      await redis.connect();
      await redis.ping();
      return redis;
    } catch (error) {
      redis.disconnect();
      if (performance.now() > deadlineMs) throw error;
      await pause(10);
    }
  }
}

async function ownAllSlots(redis: Redis): Promise<void> {
  await redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!String(await redis.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
    if (performance.now() > deadlineMs) throw new Error('the cluster-enabled node does not become ready');
    await pause(10);
  }
}

/** Takes an empty database of a server that serves others too. */
async function borrow(url: string): Promise<TestRedis> {
  const home = await connectUntil(url, performance.now() + START_LIMIT_MS);
  for (let database = 1; database < DATABASES; database += 1) {
    const claim = `backstop-test-database:${database}`;
    if ((await home.set(claim, process.pid, 'EX', 600, 'NX')) === null) continue;

    const own = new URL(url);
    own.pathname = `/${database}`;
    const redis = await connectUntil(own.href, performance.now() + START_LIMIT_MS);
    await redis.flushdb();
    return testRedis({ url: own.href, redis, pid: undefined }, async () => {
      await home.del(claim);
      home.disconnect();
    });
  }
  home.disconnect();
  throw new Error('every test database of TEST_REDIS_URL is taken');
}

function testRedis(parts: Pick<TestRedis, 'url' | 'redis' | 'pid'>, release: () => Promise<void>): TestRedis {
  const stop = async (): Promise<void> => {
    parts.redis.disconnect();
    await release();
  };
  return { ...parts, stop, [Symbol.asyncDispose]: stop };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;

  server.ref();
  const ended = once(server, 'exit');
  server.kill('SIGKILL'); // nothing is kept
  await ended;
}
