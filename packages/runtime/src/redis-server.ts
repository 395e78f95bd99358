import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from './config-error.ts';
import type { Notes } from './log.ts';
import { endProcess, isRunning, parseIdentity } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { installRedis } from './redis-install.ts';
import { startRedisContainer } from './redis-container.ts';
import { answersPing } from './redis-ping.ts';
import { choosePlace, spawnRedis } from './redis-spawn.ts';
import { commandPath } from './run-command.ts';

/** A Redis to work with. Disposing stops it if this call started it, and leaves a given one alone. */
export interface RedisServer extends AsyncDisposable {
  /** `redis://host:port` or `unix:///path`. */
  readonly url: string;
  /** How it came about, for people: "redis-server 4711 on /tmp/x/redis.sock". */
  readonly description: string;
  /** Started by this call, and empty but for what earlier runs in the same folder have stored. */
  readonly isOurs: boolean;
  /** Starts our own server again, at the same place and on its append-only file, when its process has died; says whether it had. */
  readonly revive: () => Promise<boolean>;
}

export interface RedisServerOptions {
  /** Holds its data, socket, log and pid file; created when missing. */
  readonly dir: string;
  readonly log: Notes;
  readonly env?: NodeJS.ProcessEnv;
}

const STOP_MS = 5_000;

/**
 * Provides a Redis: REDIS_URL when given; else `redis-server` or `valkey-server` from the PATH; else a container where a
 * Docker engine answers; else, as root on Debian or Ubuntu, `redis-server` installed with apt-get. Throws ConfigError with one
 * sentence when none of this works. A server that an earlier run left behind in `dir` is ended first. Its own server is a
 * process apart (append-only file, noeviction), so that it can be stopped after everything else.
 */
export async function startRedisServer({ dir, log, env = process.env }: RedisServerOptions): Promise<RedisServer> {
  const given = env['REDIS_URL'];
  if (given !== undefined && given !== '') return useGiven(given);

  await mkdir(dir, { recursive: true, mode: 0o700 });
  await endLeftover(dir, log);
  const onPath = await findServer(env);
  if (onPath !== undefined) return ownServer(onPath, dir);

  const container = await startRedisContainer(dir, log);
  if (container !== undefined) return container;

  const installed = await ensureRedisProgram({ env, log });
  if (installed !== undefined) return ownServer(installed, dir);
  throw new ConfigError(
    'no Redis: set REDIS_URL, or install redis-server (or valkey-server), or start a Docker engine',
    [],
  );
}

/** The path of `redis-server` or `valkey-server`, installed first where that can be done; undefined = there is none to be had. */
export async function ensureRedisProgram({
  log,
  env = process.env,
}: Pick<RedisServerOptions, 'log' | 'env'>): Promise<string | undefined> {
  const onPath = await findServer(env);
  if (onPath !== undefined) return onPath;

  await installRedis({ env, log });
  return findServer({ ...env, PATH: `${env['PATH'] ?? ''}:/usr/bin:/usr/local/bin` });
}

async function useGiven(url: string): Promise<RedisServer> {
  const { protocol, host, pathname } = parseUrl(url);
  const where = protocol === 'unix:' ? pathname : host;
  if (!(await answersPing(url, 2_000))) throw new ConfigError(`REDIS_URL: no Redis answers at ${where}`, []);
  return {
    url,
    isOurs: false,
    description: `the given Redis at ${where}`,
    revive: () => Promise.resolve(false),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function parseUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed !== null && ['redis:', 'unix:'].includes(parsed.protocol)) return parsed;
  throw new ConfigError('REDIS_URL: expected redis://host:port or unix:///path', []);
}

async function findServer(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return (await commandPath('redis-server', env)) ?? (await commandPath('valkey-server', env));
}

async function ownServer(program: string, dir: string): Promise<RedisServer> {
  const place = await choosePlace(dir);
  const start = async (): Promise<ProcessIdentity> => {
    const started = await spawnRedis(program, dir, place);
    await writeFile(pidFile(dir), JSON.stringify(started));
    return started;
  };
  let identity = await start();
  return {
    url: place.url,
    isOurs: true,
    description: `${path.basename(program)} ${identity.pid} at ${place.url}`,
    revive: async () => {
      if (isRunning(identity)) return false;
      identity = await start();
      return true;
    },
    [Symbol.asyncDispose]: async () => {
      await endProcess(identity, STOP_MS);
      await rm(pidFile(dir), { force: true });
    },
  };
}

async function endLeftover(dir: string, log: Notes): Promise<void> {
  const identity = parseIdentity(await readFile(pidFile(dir), 'utf8').catch(() => ''));
  if (identity !== undefined && isRunning(identity)) {
    log.warn({ pid: identity.pid }, 'ending the redis of an earlier run');
    await endProcess(identity, STOP_MS);
  }
  await rm(pidFile(dir), { force: true });
}

function pidFile(dir: string): string {
  return path.join(dir, 'redis.pid.json');
}
