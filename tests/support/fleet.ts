import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRunning, openLog, parseIdentity, sleep, startRedisServer } from '@backstop/runtime';
import { connectRedis, type Redis } from '@backstop/store';

/** One process of Backstop. */
interface Service {
  readonly name: string;
  /** Every log line so far. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Resolves with the exit code; null = ended by a signal. */
  readonly exited: Promise<number | null>;
  readonly isRunning: () => boolean;
  readonly kill: (signal: NodeJS.Signals) => void;
}

type ServiceName = 'worker' | 'scheduler' | 'maintenance' | 'gateway' | 'stream';

/** Services as processes of their own, over a Redis with an append-only file; all of it ends with the fleet. */
export interface Fleet extends AsyncDisposable {
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly services: readonly Service[];
  readonly start: (service: ServiceName, name: string, env?: NodeJS.ProcessEnv) => Service;
  /** The same for a program that takes the place of a service. */
  readonly run: (program: string, name: string, env?: NodeJS.ProcessEnv) => Service;
  readonly killRedis: () => Promise<void>;
  /** Starts Redis again on what its file holds. */
  readonly reviveRedis: () => Promise<void>;
}

export interface FleetOptions {
  readonly exchangeUrl: string;
  readonly accountsFile: string;
}

const END_MS = 8_000;

export async function startFleet({ exchangeUrl, accountsFile }: FleetOptions): Promise<Fleet> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'backstop-fleet-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const { REDIS_URL: _given, ...env } = process.env;
  const redisDir = join(folder, 'redis');
  const server = opened.use(
    await startRedisServer({ dir: redisDir, env, log: openLog({ service: 'test', level: 'silent' }) }),
  );
  const redis = connectRedis(server.url, 'test');
  redis.on('error', () => undefined); // it is killed on purpose
  await redis.connect();
  opened.defer(() => redis.disconnect());

  const services: Service[] = [];
  opened.defer(async () => {
    await Promise.all(services.map(end));
  });
  const common = {
    ...env,
    REDIS_URL: server.url,
    BACKSTOP_EXCHANGE_URL: exchangeUrl,
    BACKSTOP_ACCOUNTS_FILE: accountsFile,
    BACKSTOP_ARCHIVE_DIR: join(folder, 'archive'),
    SCHEDULER_ROUND_MS: '2000',
  };
  const run: Fleet['run'] = (program, name, own = {}) => {
    const started = launch(program, name, { ...common, BACKSTOP_PROCESS_NAME: name, ...own });
    services.push(started);
    return started;
  };
  const resources = opened.move();
  return {
    redis,
    redisUrl: server.url,
    services,
    run,
    start: (service, name, own) =>
      run(new URL(`../../services/${service}/src/main.ts`, import.meta.url).pathname, name, own),
    killRedis: () => killRedis(redis, redisDir),
    reviveRedis: async () => {
      if (!(await server.revive())) throw new Error('redis was running');
      if (redis.status !== 'ready') await once(redis, 'ready');
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function killRedis(redis: Redis, redisDir: string): Promise<void> {
  const identity = parseIdentity(await readFile(join(redisDir, 'redis.pid.json'), 'utf8'));
  if (identity === undefined) throw new Error('no redis of ours');
  process.kill(identity.pid, 'SIGKILL');
  while (isRunning(identity)) await sleep(20); // its sockets close before it is gone
  if (redis.status === 'ready') await once(redis, 'close');
}

function launch(program: string, name: string, env: NodeJS.ProcessEnv): Service {
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const lines: Readonly<Record<string, unknown>>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  return {
    name,
    lines,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => void child.kill(signal),
  };
}

async function end({ isRunning: isAlive, kill, exited }: Service): Promise<void> {
  if (!isAlive()) return;
  kill('SIGTERM');
  const late = setTimeout(() => kill('SIGKILL'), END_MS);
  await exited;
  clearTimeout(late);
}
