import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, startRedisServer } from '@backstop/runtime';
import { GenericContainer, Wait } from 'testcontainers';

export const REDIS_IMAGE = 'redis:7-bookworm';
/** As docker-compose.yml sets it (DESIGN section 6). */
export const REDIS_SETTINGS = Object.entries({
  appendonly: 'yes',
  appendfsync: 'everysec',
  save: '',
  'maxmemory-policy': 'noeviction',
  'hash-max-listpack-value': '1024',
}).reduce<string[]>((command, [name, value]) => [...command, `--${name}`, value], ['redis-server']);

/** A Redis to test against. */
export interface RedisPlace extends AsyncDisposable {
  readonly url: () => string;
  /** Ends it and starts it again on its file. Does nothing to one that is not ours. */
  readonly restart: () => Promise<void>;
}

const PORT = 6379;

/** TEST_REDIS_URL when given; else a container where an engine answers; else a server of this machine. */
export async function openRedis({ hasEngine }: { readonly hasEngine: boolean }): Promise<RedisPlace> {
  const { TEST_REDIS_URL: given } = process.env;
  if (given !== undefined && given !== '') {
    return { url: () => given, restart: async () => {}, [Symbol.asyncDispose]: async () => {} };
  }
  return hasEngine ? inContainer() : onThisMachine();
}

async function inContainer(): Promise<RedisPlace> {
  const container = await new GenericContainer(REDIS_IMAGE)
    .withExposedPorts(PORT)
    .withCommand(REDIS_SETTINGS)
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start();
  return {
    url: () => `redis://${container.getHost()}:${container.getMappedPort(PORT)}`,
    restart: () => container.restart(),
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}

async function onThisMachine(): Promise<RedisPlace> {
  const dir = await mkdtemp(join(tmpdir(), 'backstop-redis-'));
  const { REDIS_URL: _given, ...env } = process.env;
  const start = () => startRedisServer({ dir, env, log: openLog({ service: 'test', level: 'silent' }) });
  let server = await start();
  return {
    url: () => server.url,
    restart: async () => {
      await server[Symbol.asyncDispose]();
      server = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
